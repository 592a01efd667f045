import { rm } from 'node:fs/promises'
import { openIncomingDir } from '../storage/temp-dir.ts'
import type { AssetDeps } from './deps.ts'

/**
 * Gives `work` a folder of its own beside the blobs, so that a file moves into the store by a rename; then removes it. What
 * a process leaves that is killed meanwhile goes when the next one starts.
 */
export async function withWorkFolder<T>(
  { dataDir }: Pick<AssetDeps['config'], 'dataDir'>,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await openIncomingDir(dataDir)
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
