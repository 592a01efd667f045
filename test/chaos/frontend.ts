/** A frontend that takes a server's absences in its stride: it asks again, and looks before it decides twice. */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { PlannedJob } from './plan.ts'

const ANSWER_WITHIN_MS = 20_000

// biome-ignore lint/suspicious/noExplicitAny: it reads whatever the server answers
type Body = any
export type Frontend = ReturnType<typeof createFrontend>

/** What became of a job, as a frontend saw it. */
export interface Seen {
  planned: PlannedJob
  id: number
  /** The answer of GET /jobs/:id when it had first ended. */
  first: Body
  /** The last one. */
  job: Body
  /** From its creation to its end. */
  seconds: number
  /** What it showed that must never be shown. */
  violations: string[]
}

/** Of all jobs together. */
interface Patience {
  /** Milliseconds between two looks, and before it asks again where it is not told when. */
  lookEvery: number
  /** Is told whenever one shows something new. */
  moved(): void
  givesUp(): boolean
}

export function createFrontend(url: string, patience: Patience) {
  /** Asks until there is an answer; 5xx, and 409 of a request that is still worked on, are none. */
  const ask = async (
    method: string,
    path: string,
    body?: unknown,
    key?: string,
  ): Promise<{ status: number; body: Body }> => {
    for (;;) {
      const answer = await fetch(`${url}/api/v3${path}`, {
        method,
        body: body === undefined ? undefined : JSON.stringify(body),
        headers: {
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...(key && { 'idempotency-key': key }),
        },
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      })
        .then(async (response) => ({
          status: response.status,
          body: JSON.parse((await response.text()) || 'null'),
          after: Number(response.headers.get('retry-after')),
        }))
        .catch(() => null)
      if (answer && answer.status < 500 && !(answer.status === 409 && key)) return answer
      if (patience.givesUp()) throw new Error(`${method} ${path} got no answer: ${JSON.stringify(answer)}`)
      await sleep(answer?.after ? answer.after * 1000 : patience.lookEvery)
    }
  }
  const get = async (path: string) => (await ask('GET', path)).body

  /** A POST that decides. Without a key, one whose answer was lost is refused the second time: the row tells. */
  const decide = async (id: number, what: string, body: object, keyed: boolean, done: (job: Body) => boolean) => {
    const answer = await ask('POST', `/jobs/${id}/${what}`, { by: 'chaos', ...body }, keyed ? randomUUID() : undefined)
    if (answer.status < 300 || done(await get(`/jobs/${id}`))) return
    throw new Error(`Job ${id}: ${what} was refused: ${JSON.stringify(answer)}`)
  }

  return {
    get,

    /** From its creation to its end. @throws Error when it does not end, or the server says what it must not say */
    async live(planned: PlannedJob, campaignId: string): Promise<Seen> {
      const began = Date.now()
      const created = await ask('POST', '/jobs/from-image-pairs', wish(planned, campaignId), randomUUID())
      if (created.status !== 201) throw new Error(`Job ${planned.number} was refused: ${JSON.stringify(created)}`)
      const id: number = created.body.job_id
      const ready = await until(
        () => get(`/jobs/${id}`),
        (job) => job.storyboard_ready,
        patience,
      )
      for (const [index, scene] of ready.storyboard.scenes.entries()) {
        const edited = await ask('PUT', `/jobs/${id}/scenes/${scene.id}`, { prompt: planned.prompts[index] })
        if (edited.status !== 200) throw new Error(`Job ${id}: an edit was refused: ${JSON.stringify(edited)}`)
      }
      await sleep(planned.considered)
      await decide(id, 'approve', {}, planned.keyed, (job) => job.decision?.decision === 'approved')
      const canceling = cancelLater(planned, (keyed) => decide(id, 'cancel', {}, keyed, hasEnded))
      const [{ job: first, violations }] = await Promise.all([watch(id), canceling])
      const job = await reconsider(planned, first)
      return { planned, id, first, job, seconds: (Date.now() - began) / 1000, violations }
    },
  }

  /** What is asked for once it has ended. @returns the job when that is done */
  async function reconsider({ afterwards, keyed, prompts }: PlannedJob, job: Body): Promise<Body> {
    const id: number = job.job_id
    const asked = ({ revision }: Body) => revision !== null
    if (afterwards && 'retry' in afterwards && job.current_stage === 'failed') {
      await decide(id, 'retry', {}, keyed, asked)
    } else if (afterwards && 'regenerate' in afterwards && job.status === 'completed') {
      const scene = job.storyboard.scenes[afterwards.regenerate]
      const prompt = `${prompts[afterwards.regenerate]} Slower.`
      // Asked twice it would be made twice: what must not happen twice has a key.
      await decide(id, `scenes/${scene.id}/regenerate`, { prompt }, true, asked)
    } else return job
    const isDone = ({ status, revision }: Body) =>
      hasEnded({ status }) && ['completed', 'failed'].includes(revision.state)
    return until(() => get(`/jobs/${id}`), isDone, patience)
  }

  async function watch(id: number): Promise<Pick<Seen, 'job' | 'violations'>> {
    const violations: string[] = []
    let before: Body = null
    const job = await until(
      async () => {
        const now = await get(`/jobs/${id}`)
        if (before && now.progress_percentage < before.progress_percentage) {
          violations.push(`Job ${id} went back from ${before.progress_percentage} % to ${now.progress_percentage} %.`)
        }
        if (now.updated_at !== before?.updated_at) patience.moved()
        before = now
        return now
      },
      hasEnded,
      patience,
    )
    return { job, violations }
  }
}

const hasEnded = ({ status }: Body) => status === 'completed' || status === 'failed'

function wish({ model, clipDuration, prompts, music }: PlannedJob, campaignId: string): Record<string, unknown> {
  return {
    campaign_id: campaignId,
    num_pairs: prompts.length,
    clip_duration: clipDuration,
    video_model: model,
    parameters: {
      auto_generate_audio: music !== null,
      ...(music && { audio_prompt: music.prompt, audio_merge_with_video: music.merge }),
    },
  }
}

async function cancelLater({ canceledAfter, keyed }: PlannedJob, cancel: (keyed: boolean) => Promise<void>) {
  if (canceledAfter === null) return
  await sleep(canceledAfter)
  await cancel(keyed)
}

async function until(look: () => Promise<Body>, done: (seen: Body) => boolean, patience: Patience): Promise<Body> {
  for (;;) {
    const seen = await look()
    if (done(seen)) return seen
    if (patience.givesUp()) throw new Error(`Job ${seen.job_id} has not ended: ${JSON.stringify(seen.progress)}`)
    await sleep(patience.lookEvery)
  }
}
