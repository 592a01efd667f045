import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js'
import { pino } from 'pino'
import { beforeAll, expect, it } from 'vitest'
import { replayHistory } from '../../temporal/replay.ts'
import { installRuntime } from '../../temporal/workers.ts'
import { HISTORIES, recorded } from './workflow-bench.ts'

beforeAll(() => installRuntime(pino({ level: 'silent' })))

const load = async (name: string) => historyFromJSON(JSON.parse(await readFile(path.join(HISTORIES, name), 'utf8')))
const names = await recorded()

it('has recorded histories', () => {
  expect(names).toEqual(expect.arrayContaining(['completed-with-music.json', 'failed.json', 'canceled.json']))
})

it.each(names)('does today what was done then: %s', async (name) => {
  await replayHistory(await load(name), name)
})

it.each(names)('does the same while spans are made of it: %s', async (name) => {
  await replayHistory(await load(name), name, { traced: true })
})

it('notices a workflow that does something else', async () => {
  const history = await load('completed-with-music.json')
  const scheduled = history.events?.find((event) => event.activityTaskScheduledEventAttributes)
  const attributes = scheduled?.activityTaskScheduledEventAttributes
  if (attributes?.activityType) attributes.activityType.name = 'somethingElse'
  await expect(replayHistory(history, 'changed')).rejects.toThrow(/[Nn]ondeterminism|TMPRL1100/)
})
