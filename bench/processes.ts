/** What processes use of the machine, as Linux tells it in /proc; elsewhere there is nothing to see. */
import { readdir, readFile } from 'node:fs/promises'

/** Of /proc: what is counted there is told in hundredths of a second. */
const TICKS_A_SECOND = 100

/** Processes that one has started, and those that they have. */
export async function descendants(pid: number | string): Promise<string[]> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => [])
  const lists = threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/children`, 'utf8').catch(() => ''))
  const children = (await Promise.all(lists)).join(' ').split(' ').filter(Boolean)
  return [...children, ...(await Promise.all(children.map(descendants))).flat()]
}

/** Seconds of CPU of a process and of all that it has started, ended or not. */
export async function cpuSecondsOf(pid: number): Promise<number> {
  const ticks = await Promise.all([`${pid}`, ...(await descendants(pid))].map(ticksOf))
  return ticks.reduce((sum, each) => sum + each, 0) / TICKS_A_SECOND
}

/** Its own, and those of its children that have ended. */
async function ticksOf(pid: string): Promise<number> {
  const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  const afterCommand = line.slice(line.lastIndexOf(') ') + 2).split(' ')
  return afterCommand.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0)
}

/** Seconds of CPU that the whole machine has used, whoever for. */
export async function cpuSecondsOfMachine(): Promise<number> {
  const [line = ''] = (await readFile('/proc/stat', 'utf8').catch(() => '')).split('\n')
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = line.split(/\s+/).slice(1).map(Number)
  return (user + nice + system + irq + softirq) / TICKS_A_SECOND
}
