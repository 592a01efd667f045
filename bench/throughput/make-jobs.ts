/** Jobs from their creation to their end, over HTTP, some at once; and what the API takes to answer meanwhile. */
import { setTimeout as sleep } from 'node:timers/promises'
import { each } from '../each.ts'
import type { Rig } from '../jobs/rig.ts'

/** Milliseconds of each answer. */
export interface Answers {
  status: number[]
  list: number[]
  approval: number[]
}

/** As often as a frontend asks for its job. */
const STATUS_EVERY_MS = 1_000
const LIST_EVERY_MS = 500

export async function makeJobs(rig: Rig, { scenes, count, atOnce }: { scenes: number; count: number; atOnce: number }) {
  const answers: Answers = { status: [], list: [], approval: [] }
  const timed = async (kind: keyof Answers, ask: () => ReturnType<Rig['api']['get']>) => {
    const began = performance.now()
    const { status, body } = await ask()
    answers[kind].push(performance.now() - began)
    if (status !== 200) throw new Error(`A request for the ${kind} was answered ${status}: ${JSON.stringify(body)}`)
    return body
  }
  const over = new AbortController()
  const listing = repeatedly(LIST_EVERY_MS, over.signal, () => timed('list', () => rig.api.get('/jobs')))
  await each(count, atOnce, async () => {
    const wish = { campaign_id: rig.campaignId, num_pairs: scenes, clip_duration: 4 }
    const created = await rig.api.post('/jobs/from-image-pairs', wish)
    if (created.status !== 201) throw new Error(`A job was refused: ${JSON.stringify(created.body)}`)
    const id: number = created.body.job_id
    const ended = new AbortController()
    const watching = repeatedly(STATUS_EVERY_MS, ended.signal, () => timed('status', () => rig.api.get(`/jobs/${id}`)))
    await timed('approval', () => rig.api.post(`/jobs/${id}/approve`))
    await rig.client.workflow.getHandle(await rig.workflowId(id)).result()
    ended.abort()
    await watching
  })
  over.abort()
  await listing
  return answers
}

async function repeatedly(everyMs: number, until: AbortSignal, act: () => Promise<unknown>): Promise<void> {
  while (!until.aborted) {
    await act()
    await sleep(everyMs, undefined, { signal: until }).catch(() => {})
  }
}
