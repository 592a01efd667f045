/** Sends one hostile input and looks at what it did: to the caller, to the memory, to the rows and files. */

import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import type { HostileInput } from './hostile-input.ts'
import type { HostileServer } from './hostile-server.ts'
import { forgetPeak } from './memory.ts'
import type { Snapshot } from './snapshot.ts'

/** Bytes that the process may grow by while it answers one input. */
export const MAX_GROWTH = 60 * 1024 * 1024
/** What a sender that left had begun is cleared away within this time. */
const SETTLED_WITHIN_MS = 10_000

export interface Attempt {
  /** What went wrong, in words; empty when all is well. */
  problems: string[]
  /** Bytes that the process grew by at most meanwhile. */
  growth: number
}

/** @param before what the server keeps; what it keeps afterwards must be the same */
export async function attempt(server: HostileServer, input: HostileInput, before: Snapshot): Promise<Attempt> {
  const problems: string[] = []
  const request = await input.send(server.world)
  const resident = server.memory()?.now ?? 0
  forgetPeak(server.pid)
  const { status, body } = await server.send(request)
  const growth = Math.max(0, (server.memory()?.peak ?? 0) - resident)
  if (status !== input.status) problems.push(`answered ${status} instead of ${input.status}: ${body.slice(0, 300)}`)
  if (!body.includes(input.says)) problems.push(`does not say "${input.says}": ${body.slice(0, 300)}`)
  if (growth > MAX_GROWTH) problems.push(`memory grew by ${Math.round(growth / 1024 / 1024)} MB`)
  if (input.harmless && status === 201) problems.push(...(await lookAtAsset(server, input.harmless, body)))
  if (!(await isAsBefore(server, before))) problems.push('something was written and stayed')
  return { problems, growth }
}

/** Looks at what was made of an input that is taken, and removes it again. */
async function lookAtAsset(
  { url }: HostileServer,
  whyHarmful: (served: Headers) => string | null,
  body: string,
): Promise<string[]> {
  const { data } = JSON.parse(body) as { data: { id: string } }
  const asset = `${url}/api/v3/assets/${data.id}`
  const served = await fetch(`${asset}/data`)
  await served.arrayBuffer()
  await fetch(asset, { method: 'DELETE' })
  const harm = whyHarmful(served.headers)
  return harm ? [`its bytes are served harmfully: ${harm}`] : []
}

async function isAsBefore(server: HostileServer, before: Snapshot): Promise<boolean> {
  for (const deadline = Date.now() + SETTLED_WITHIN_MS; Date.now() < deadline; await sleep(50)) {
    if (isDeepStrictEqual(await server.snapshot().catch(whileClearing), before)) return true
  }
  return false
}

/** A folder that was listed a moment ago is removed by now: it is to be looked at again. */
function whileClearing(error: NodeJS.ErrnoException): null {
  if (error.code !== 'ENOENT') throw error
  return null
}
