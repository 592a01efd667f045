import { describe, expect, it } from 'vitest'
import { readQueues } from '../../temporal/queues.ts'

describe('--queues', () => {
  it('is all queues when it is not given', () => {
    expect(readQueues([])).toEqual(['greenlight', 'greenlight-submit', 'greenlight-poll', 'greenlight-media'])
  })

  it('is what it names, each once', () => {
    expect(readQueues(['--queues', 'greenlight-poll, greenlight-media,greenlight-poll'])).toEqual([
      'greenlight-poll',
      'greenlight-media',
    ])
    expect(readQueues(['--queues=greenlight'])).toEqual(['greenlight'])
  })

  it.each(['greenlight-mdia', '', 'greenlight,', 'media'])(
    'is refused with the list of queues when it is "%s"',
    (named) => {
      expect(() => readQueues(['--queues', named])).toThrow(
        /^There is no task queue ".*": --queues takes some of greenlight, greenlight-submit, greenlight-poll, greenlight-media,/,
      )
    },
  )

  it('is refused when it is misspelt, so that no worker serves more than was meant', () => {
    expect(() => readQueues(['--queue', 'greenlight'])).toThrow("Unknown option '--queue'")
  })
})
