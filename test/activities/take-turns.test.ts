import { setImmediate } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { takeTurns } from '../../activities/take-turns.ts'

const never = new Promise<never>(() => {})

it('begins the next when the one before says that it is done, has failed, or takes too long', async () => {
  const inTurn = takeTurns(20)
  const begun: string[] = []
  const work = (name: string, then: (done: () => void) => Promise<unknown>) =>
    inTurn((done) => {
      begun.push(name)
      return then(done)
    }).catch(() => {})
  let finish = () => {}
  work('first', () => new Promise<void>((resolve) => (finish = resolve)))
  work('second', (done) => {
    done()
    return never
  })
  work('third', () => Promise.reject(new Error('No.')))
  work('fourth', () => never)
  const last = work('last', () => Promise.resolve())
  await setImmediate()
  expect(begun).toEqual(['first'])
  finish()
  await last
  expect(begun).toEqual(['first', 'second', 'third', 'fourth', 'last'])
})
