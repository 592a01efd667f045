/** An approval, and its event on the stream of all jobs' events. */
import type { Installation } from './installation.ts'

export interface ApprovalTimes {
  /** Milliseconds until the stream has told where it begins. */
  connected: number
  /** Until the approval was answered. */
  answered: number
  /** From the approval until its event came. */
  told: number
}

/** @returns milliseconds until the stream has told where it begins */
export async function timeConnection(installation: Installation): Promise<number> {
  const { connected, leave } = await connect(installation)
  leave()
  return connected
}

/** Approves one of those that still wait. */
export async function timeApproval(installation: Installation): Promise<ApprovalTimes> {
  const { rig, waiting } = installation
  const jobId = waiting.pop()
  const { connected, said, leave } = await connect(installation)
  const asked = performance.now()
  const told = said((line) => line.startsWith('data: ') && JSON.parse(line.slice(6)).job_id === jobId)
  const { status } = await rig.api.post(`/jobs/${jobId}/approve`)
  const answered = performance.now() - asked
  if (status !== 200) throw new Error(`The approval of job ${jobId} was answered ${status}.`)
  await told
  const times = { connected, answered, told: performance.now() - asked }
  leave()
  return times
}

async function connect({ rig }: Installation) {
  const leaving = new AbortController()
  const began = performance.now()
  const response = await fetch(`${rig.url}/api/v3/events`, { signal: leaving.signal })
  const said = linesOf(response)
  await said((line) => line.startsWith('id: '))
  return { connected: performance.now() - began, said, leave: () => leaving.abort() }
}

/** @returns waits for a line */
function linesOf({ body }: Response) {
  if (!body) throw new Error('The stream of events has no body.')
  const lines = readLines(body.pipeThrough(new TextDecoderStream()))
  return async (wanted: (line: string) => boolean): Promise<void> => {
    for (;;) {
      const { value, done } = await lines.next()
      if (done) throw new Error('The stream of events has ended.')
      if (wanted(value)) return
    }
  }
}

async function* readLines(text: AsyncIterable<string>): AsyncGenerator<string, void> {
  let rest = ''
  for await (const chunk of text) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
}
