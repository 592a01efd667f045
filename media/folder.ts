import { copyFile, mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'

/** Runs `work` with a new folder inside `tempDir`, which is removed however `work` ends. */
export async function withRunFolder<T>(tempDir: string, work: (folder: string) => Promise<T>): Promise<T> {
  await mkdir(tempDir, { recursive: true })
  const folder = await mkdtemp(join(tempDir, 'run-'))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}

/** Moves a file so that `to` is at every moment either what it was or the whole new file, also across filesystems. */
export async function moveFile(from: string, to: string): Promise<void> {
  try {
    await rename(from, to)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error
    const partial = `${to}.part`
    try {
      await copyFile(from, partial)
      await rename(partial, to)
    } catch (copyError) {
      await rm(partial, { force: true })
      throw copyError
    }
  }
}
