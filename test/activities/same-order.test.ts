import { expect, it } from 'vitest'
import { isSameOrder } from '../../activities/same-order.ts'

const served = (id: string, host = 'https://one.example') => `${host}/api/v3/assets/${id}/data?t=abc`
const order = { prompt: 'Dawn', seed: 1, image: served('a'), last_frame: null }

it.each([
  ['other seeds and another address of the same picture', { ...order, seed: 2, image: served('a', 'http://two:8000') }],
  ['an uploaded picture, which cannot be compared', { ...order, image: 'https://files.example/1' }],
  ['a field that is not there where it was null', { prompt: 'Dawn', image: served('a') }],
])('is the same with %s', (_, other) => {
  expect(isSameOrder(order, other)).toBe(true)
  expect(isSameOrder(other, order)).toBe(true)
})

it.each([
  ['another picture', { ...order, image: served('b') }],
  ['a last picture more', { ...order, last_frame: served('b') }],
  ['another prompt', { ...order, prompt: 'Dusk' }],
])('is another with %s', (_, other) => {
  expect(isSameOrder(order, other)).toBe(false)
  expect(isSameOrder(other, order)).toBe(false)
})
