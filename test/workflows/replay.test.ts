import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js'
import { DeterminismViolationError } from '@temporalio/workflow'
import { pino } from 'pino'
import { beforeAll, describe, expect, it } from 'vitest'
import { replayHistories, replayHistory } from '../../temporal/replay.ts'
import { installRuntime } from '../../temporal/workers.ts'
import { HISTORIES, recorded } from './workflow-bench.ts'

beforeAll(() => installRuntime(pino({ level: 'silent' })))

const load = async (name: string) => historyFromJSON(JSON.parse(await readFile(path.join(HISTORIES, name), 'utf8')))
const names = await recorded()

it('has recorded histories', () => {
  expect(names).toEqual(expect.arrayContaining(['completed-with-music.json', 'failed.json', 'canceled.json']))
})

describe.each([
  { code: 'as it runs', traced: false },
  { code: 'while spans are made of it', traced: true },
])('today’s code, $code', ({ traced }) => {
  let outcomes: Map<string, Error | null>
  beforeAll(async () => {
    const histories = await Promise.all(names.map(async (name) => [name, await load(name)] as const))
    outcomes = await replayHistories(new Map(histories), { traced })
  })

  it.each(names)('does what was done then: %s', (name) => expect(outcomes.get(name)).toBeNull())
})

it('notices a workflow that does something else, and goes on with the next', async () => {
  const history = await load('completed-with-music.json')
  const scheduled = history.events?.find((event) => event.activityTaskScheduledEventAttributes)
  const attributes = scheduled?.activityTaskScheduledEventAttributes
  if (attributes?.activityType) attributes.activityType.name = 'somethingElse'
  await expect(replayHistory(history, 'changed')).rejects.toThrow(/[Nn]ondeterminism|TMPRL1100/)
  const outcomes = await replayHistories(
    new Map([
      ['changed', history],
      ['whole', await load('failed.json')],
    ]),
  )
  expect(outcomes).toEqual(
    new Map([
      ['changed', expect.any(DeterminismViolationError)],
      ['whole', null],
    ]),
  )
})
