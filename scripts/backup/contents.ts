/** What a backup says of itself, in contents.json: written last, so that a folder without it holds no backup. */
import { open, readdir, readFile, rename } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import { hashFile } from '../../storage/hashed-file.ts'

const FORMAT = 1

const File = z.object({ name: z.string().regex(/^[\w.-]+$/), size: z.number(), sha256: z.string() })
export type BackedUpFile = z.infer<typeof File>

const Contents = z.object({
  format: z.literal(FORMAT),
  /** All that was written before then is in it. */
  asOf: z.iso.datetime(),
  installation: z.string().nullable(),
  rows: File,
  /** Null where Temporal is a server of its own. */
  temporal: File.nullable(),
  /** Null where they are in S3. */
  blobs: z.object({ count: z.number(), bytes: z.number() }).nullable(),
})
export type Contents = Omit<z.infer<typeof Contents>, 'format'>

const fileOf = (folder: string) => path.join(folder, 'contents.json')
export const blobsOf = (folder: string) => path.join(folder, 'blobs')

/** @throws Error in one sentence when it holds something else, or a backup of another release */
export async function readContents(folder: string): Promise<Contents | null> {
  const text = await readFile(fileOf(folder), 'utf8').catch(() => null)
  if (text === null) return null
  const read = Contents.safeParse(parsed(text))
  if (!read.success) throw new Error(`${fileOf(folder)} is not what this release writes: it can't be used.`)
  return read.data
}

/** In one step: before it the folder holds the backup that it held, after it the new one. */
export async function writeContents(folder: string, contents: Contents): Promise<void> {
  const file = fileOf(folder)
  const handle = await open(`${file}.new`, 'w')
  await handle.writeFile(`${JSON.stringify({ format: FORMAT, ...contents }, null, 2)}\n`)
  await handle.sync().finally(() => handle.close())
  await rename(`${file}.new`, file)
}

/** The file of a backup as it is to be found again. */
export async function describeFile(folder: string, name: string): Promise<BackedUpFile> {
  const { hash, size } = await hashFile(path.join(folder, name))
  return { name, size, sha256: hash }
}

/** @throws Error in one sentence when it is not what was backed up */
export async function assertGenuine(folder: string, file: BackedUpFile): Promise<string> {
  const found = path.join(folder, file.name)
  const { hash } = await hashFile(found).catch((error: Error) => {
    throw new Error(`${found} of the backup can't be read: ${error.message}.`)
  })
  if (hash === file.sha256) return found
  throw new Error(`${found} is damaged: its SHA-256 is not the one in contents.json. Use another backup.`)
}

/** Whether a folder is missing or has nothing in it. */
export async function isEmptyFolder(folder: string): Promise<boolean> {
  return (await readdir(folder).catch(() => [])).length === 0
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
