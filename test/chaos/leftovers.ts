/** What must not be left: temporary files, half a blob, descriptors, processes. */
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, readlink, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { BlobStore } from '../../storage/blob-store.ts'
import { hashFile } from '../../storage/hashed-file.ts'
import type { Actor } from './cast.ts'

/** Other systems show a process's descriptors elsewhere, or not at all. */
const canSeeProcesses = existsSync('/proc/self/fd')
/** What an idle process needs to let go of what it served last. */
const SETTLED_WITHIN_MS = 5_000

/** Files of the data folder that an idle process holds open, other than its database. */
export async function heldOpen({ name, process, dataDir }: Actor): Promise<string[]> {
  for (const until = Date.now() + SETTLED_WITHIN_MS; ; await sleep(200)) {
    const files = (await openFiles(process.pid(), await realpath(dataDir))).filter(
      (file) => !/\/greenlight\.db(-\w+)?$/.test(file),
    )
    if (files.length === 0 || Date.now() > until) return files.map((file) => `The idle ${name} holds ${file} open.`)
  }
}

/**
 * After everything has ended but what keeps rows and bytes.
 * @param dataDir of the whole run; what its actors have of their own lies in it
 */
export async function leftovers(dataDir: string, actors: Actor[], blobs: BlobStore): Promise<string[]> {
  const folders = new Set([dataDir, ...actors.map((actor) => actor.dataDir)])
  return [
    ...(await Promise.all([...folders].map(temporaryFiles))).flat(),
    ...(await brokenBlobs(blobs)),
    ...(await processesOf(await realpath(dataDir))),
  ]
}

async function temporaryFiles(dataDir: string): Promise<string[]> {
  const folders = ['tmp', 'incoming', path.join('blobs', 'tmp'), path.join('blob-cache', 'tmp')]
  const left = await Promise.all(
    folders.map(async (folder) => {
      const names = await readdir(path.join(dataDir, folder)).catch(() => [])
      return names.map((name) => path.join(folder, name))
    }),
  )
  // Temporal keeps the journal of its own database.
  const unfinished = (await readdir(dataDir)).filter((name) =>
    /\.(new|part)$|^greenlight\.db-|^temporal\.json$/.test(name),
  )
  return [...left.flat(), ...unfinished].map((name) => `${name} is left in the data folder ${dataDir}.`)
}

/** A blob's name is its hash, so half a blob has another. */
async function brokenBlobs(blobs: BlobStore): Promise<string[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'greenlight-blobs-'))
  const broken: string[] = []
  for await (const { hash } of blobs.list()) {
    const found = await blobs
      .localFile(hash, folder)
      .then(hashFile)
      .catch((error: Error) => error)
    if (found instanceof Error) broken.push(`The blob ${hash} can't be read: ${found.message}`)
    else if (found.hash !== hash) broken.push(`The blob ${hash} has other bytes than its name says.`)
  }
  await rm(folder, { recursive: true })
  return broken
}

/** Processes that were started on the data folder, or hold a file of it. */
async function processesOf(dataDir: string): Promise<string[]> {
  if (!canSeeProcesses) return []
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
  const found = await Promise.all(
    pids.map(async (pid) => {
      const said = await Promise.all(
        ['cmdline', 'environ'].map((file) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')),
      )
      const files = await openFiles(Number(pid), dataDir)
      const command = said[0]?.replaceAll('\0', ' ').trim()
      if (said.some((text) => text.includes(dataDir))) return [`Process ${pid} is left: ${command}`]
      return files.map((file) => `Process ${pid} (${command}) holds ${file} open.`)
    }),
  )
  return found.flat()
}

async function openFiles(pid: number, dataDir: string): Promise<string[]> {
  if (!canSeeProcesses) return []
  const folder = `/proc/${pid}/fd`
  const links = (await readdir(folder).catch(() => [])).map((name) => readlink(path.join(folder, name)).catch(() => ''))
  return (await Promise.all(links)).filter((file) => file.startsWith(`${dataDir}/`))
}
