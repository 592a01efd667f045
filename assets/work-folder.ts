import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import path from 'node:path'
import type { AssetDeps } from './deps.ts'

/** Gives `work` a folder of its own beside the blobs, so that a file moves into the store by a rename; then removes it. */
export async function withWorkFolder<T>(
  { dataDir }: Pick<AssetDeps['config'], 'dataDir'>,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const parent = path.join(dataDir, 'incoming')
  await mkdir(parent, { recursive: true })
  const folder = await mkdtemp(path.join(parent, 'asset-'))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
