/** Which process used how much of the machine while something was done. */
import { availableParallelism } from 'node:os'
import { cpuSecondsOf, cpuSecondsOfMachine } from '../processes.ts'

export interface CpuShares {
  seconds: number
  /** Seconds of CPU by the process's name; `other` is what runs on the machine beside. */
  cpu: Map<string, number>
}

/** @param pids by name, each with all that it starts */
export async function sharesDuring<T>(
  pids: Record<string, number>,
  work: () => Promise<T>,
): Promise<{ shares: CpuShares; result: T }> {
  const [before, began] = [await look(pids), performance.now()]
  const result = await work()
  const seconds = (performance.now() - began) / 1000
  const used = [...(await look(pids))].map(([name, now]): [string, number] => [name, now - (before.get(name) ?? 0)])
  return { shares: { seconds, cpu: new Map(used) }, result }
}

async function look(pids: Record<string, number>): Promise<Map<string, number>> {
  const own = process.cpuUsage()
  const used = new Map<string, number>([['benchmark', (own.user + own.system) / 1e6]])
  for (const [name, pid] of Object.entries(pids)) used.set(name, await cpuSecondsOf(pid))
  const ours = [...used.values()].reduce((sum, each) => sum + each, 0)
  return used.set('other', (await cpuSecondsOfMachine()) - ours)
}

/** For people: what part of one core each used, and what of all cores was used in all. */
export function tellShares(all: CpuShares[]): string {
  const seconds = sum(all.map((one) => one.seconds))
  const names = [...(all[0]?.cpu.keys() ?? [])]
  const ofOneCore = names.map((name) => ({ name, share: sum(all.map(({ cpu }) => cpu.get(name) ?? 0)) / seconds }))
  const cores = availableParallelism()
  const busy = sum(ofOneCore.map(({ share }) => share)) / cores
  const told = ofOneCore
    .toSorted((a, b) => b.share - a.share)
    .map(({ name, share }) => `${name} ${(share * 100).toFixed(0)} %`)
  return `of one core: ${told.join(', ')}; ${(busy * 100).toFixed(0)} % of all ${cores} cores busy`
}

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0)
