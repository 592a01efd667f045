/** Files that live as long as one activity. */
import { mkdtemp, rm } from 'node:fs/promises'
import path from 'node:path'

/** Runs `work` with a folder of its own, which is gone afterwards, whatever happened. */
export async function inTempFolder<T>(tempDir: string, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(tempDir, 'activity-'))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
