/** The resident memory of a process, as Linux tells it. */
import { readFileSync, writeFileSync } from 'node:fs'

/** Bytes now, and at most since the last call of `forgetPeak`. Null where there is no /proc. */
export function residentMemory(pid: number): { now: number; peak: number } | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const bytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * 1024
    return { now: bytes('VmRSS'), peak: bytes('VmHWM') }
  } catch {
    return null
  }
}

export function forgetPeak(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, '5')
  } catch {
    // Without it the peak is that of the whole run, which only makes the check stricter.
  }
}
