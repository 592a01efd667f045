/** The servers and workers of a cluster, each as what is needed to start it, once or again and again. */
import path from 'node:path'
import { freePort } from '../../temporal/ports.ts'
import type { TaskQueue } from '../../temporal/queues.ts'
import { TASK_QUEUES } from '../../workflows/contract.ts'

const { main, submit, poll, media } = TASK_QUEUES

/** The queues of a worker for everything but ffmpeg, and of one for ffmpeg. */
export const CLUSTER_WORKERS: (readonly TaskQueue[])[] = [[main, submit, poll], [media]]

export interface Member {
  /** Such as server-1. */
  name: string
  script: 'server.ts' | 'worker.ts'
  args: string[]
  env: Record<string, string>
  /** For people: what it serves, and where. */
  place: string
}

export interface MemberOptions {
  servers: number
  /** Of each worker, its queues. */
  workers: (readonly TaskQueue[])[]
  /** The first server's; the next ones get those after it, as far as they are free. 0: any. */
  port: number
  dataDir: string
  /** Whether rows and bytes are elsewhere, so that each has a data folder of its own; else they share one. */
  apart: boolean
  env: Record<string, string>
}

export async function planMembers(options: MemberOptions): Promise<Member[]> {
  const { dataDir, apart, env } = options
  const own = (name: string) => ({ ...env, DATA_DIR: apart ? path.join(dataDir, name) : dataDir })
  const members: Member[] = []
  for (let number = 1; number <= options.servers; number++) {
    const port = await freePort(options.port && options.port + number - 1)
    const name = `server-${number}`
    const place = `http://127.0.0.1:${port}`
    members.push({ name, script: 'server.ts', args: [], env: { ...own(name), PORT: `${port}` }, place })
  }
  options.workers.forEach((queues, index) => {
    const name = `worker-${index + 1}`
    const args = ['--queues', queues.join()]
    members.push({ name, script: 'worker.ts', args, env: own(name), place: queues.join(', ') })
  })
  return members
}
