/** The processes of a run: servers, workers, embedded Temporal and simulator, and what they keep rows and bytes in. */
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '@temporalio/client'
import { startFoundations } from '../../scripts/cluster/foundations.ts'
import { planMembers } from '../../scripts/cluster/members.ts'
import { lazyClient } from '../../temporal/connect.ts'
import { isAnswering } from '../../temporal/ports.ts'
import { type ServerProcess, serverFiles, survivor } from '../../temporal/server-process.ts'
import { type Balancer, startBalancer } from './balancer.ts'
import { type KeptProcess, keepRunning } from './kept-process.ts'
import type { PlannedKill } from './plan.ts'
import type { Topology } from './topology.ts'

export interface Actor {
  /** Such as server-1. */
  name: string
  process: KeptProcess
  /** Its own, or one that all share. */
  dataDir: string
}

export interface Cast {
  /** Where the API is asked: http://host:port of the server, or of what stands before several. */
  url: string
  /** Null before one server. */
  balancer: Balancer | null
  simulatorUrl: string
  client: Client
  actors: Actor[]
  /** What a process has to be told to use the same rows and bytes. */
  env: Record<string, string>
  kill(planned: PlannedKill): Promise<void>
  /** SIGTERM to all but what keeps rows and bytes. @returns the names of those that did not end as they should, and how */
  end(): Promise<string[]>
  /** The rest, and SIGKILL to all that is left. */
  leave(): Promise<void>
}

export async function raise(dataDir: string, topology: Topology): Promise<Cast> {
  // Whatever was started is killed when what comes after it does not start.
  await using started = new AsyncDisposableStack()
  const { servers, workers, rows, bytes } = topology
  const logs = path.join(dataDir, 'logs')
  await mkdir(logs, { recursive: true })
  const simulated = { SIMULATOR_FAST: 'scenes', SIMULATOR_RENDER_MS: '1500' }
  const foundations = await startFoundations({ dataDir, simulator: simulated, rows, bytes })
  started.defer(() => foundations.stop())
  const { temporal, simulator } = foundations
  if (!simulator) throw new Error('There is no simulator to buy from.')
  const apart = rows === 'postgres' && bytes === 's3'
  const members = await planMembers({ servers, workers, port: 0, dataDir, apart, env: foundations.env })
  const places = members.filter(({ script }) => script === 'server.ts').map(({ place }) => place)
  const balancer = servers > 1 ? await startBalancer(places) : null
  if (balancer) started.defer(() => balancer.stop())
  const url = balancer?.url ?? places[0] ?? ''
  const actors = members.map(({ name, script, args, env }): Actor => {
    const told = { ...env, ...environment(url), ...topology.env }
    const process = keepRunning(script, path.join(logs, `${name}.log`), told, args)
    started.defer(() => process.abandon())
    return { name, process, dataDir: env.DATA_DIR ?? dataDir }
  })
  await Promise.all(actors.map(({ process }) => process.firstReady))
  const target = { address: temporal.address, namespace: temporal.namespace, named: true, security: {} }
  const client = lazyClient(target)
  started.defer(() => client.connection.close())
  const all = started.move()
  return {
    ...{ url, balancer, client, actors },
    simulatorUrl: simulator.url,
    env: members[0]?.env ?? {},
    async kill({ process, after, down, starting }) {
      // However slow the machine is, there is work to be killed at.
      if (!starting) await Promise.all([temporalIsThere(dataDir), ...actors.map((actor) => actor.process.untilReady())])
      await sleep(after)
      if (process === 'temporal') return killTemporal(dataDir)
      const kill = async () => actors.find(({ name }) => name === process)?.process.kill(down)
      // Servers ask nobody through the balancer, so whoever gives up over the death of one counts.
      await (balancer && process.startsWith('worker') ? balancer.whileKilling(kill) : kill())
    },
    async end() {
      const ending = actors.map(async ({ name, process }) => ({ name, code: await process.end() }))
      const ended = await Promise.all(ending)
      await temporal.stop()
      ended.push({ name: 'simulator', code: await simulator.process.end() })
      return ended
        .filter(({ code }) => code !== 0)
        .map(({ name, code }) => `After SIGTERM ${name} ended with ${code ?? 'a signal'}, not with 0.`)
    },
    leave: () => all.disposeAsync(),
  }
}

/** Short times, so that what is lost is soon looked for; a stalled POST (mishaps.ts) still arrives before that. */
function environment(url: string): Record<string, string> {
  return {
    PUBLIC_BASE_URL: url,
    REPLICATE_WEBHOOK_URL: `${url}/api/webhooks/replicate`,
    PREDICTION_POLL_INTERVAL: '4',
    SUBMIT_TIMEOUT: '3',
    SUBMIT_SETTLE: '4',
    STORYBOARD_TIMEOUT: '5',
  }
}

/** Its watcher starts it again within a second or two. */
async function temporalIsThere(dataDir: string): Promise<ServerProcess> {
  for (;;) {
    const server = await survivor(serverFiles(dataDir))
    if (server && (await isAnswering(server.port))) return server
    await sleep(50)
  }
}

async function killTemporal(dataDir: string): Promise<void> {
  const server = await temporalIsThere(dataDir)
  // It leads a process group of its own, and a `temporal` on PATH may be a script that runs the real one.
  process.kill(-server.pid, 'SIGKILL')
}
