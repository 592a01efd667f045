/** What must not be left: temporary files, half a blob, descriptors, processes. */
import { createHash } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { readdir, readFile, readlink, realpath } from 'node:fs/promises'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'

/** Other systems show a process's descriptors elsewhere, or not at all. */
const canSeeProcesses = existsSync('/proc/self/fd')
/** What an idle process needs to let go of what it served last. */
const SETTLED_WITHIN_MS = 5_000

/** Files of the data folder that an idle process holds open, other than its database. */
export async function heldOpen(dataDir: string, name: string, pid: number): Promise<string[]> {
  for (const until = Date.now() + SETTLED_WITHIN_MS; ; await sleep(200)) {
    const files = (await openFiles(pid, await realpath(dataDir))).filter(
      (file) => !/\/greenlight\.db(-\w+)?$/.test(file),
    )
    if (files.length === 0 || Date.now() > until) return files.map((file) => `The idle ${name} holds ${file} open.`)
  }
}

/** After everything has ended. */
export async function leftovers(dataDir: string): Promise<string[]> {
  return [
    ...(await temporaryFiles(dataDir)),
    ...(await brokenBlobs(path.join(dataDir, 'blobs'))),
    ...(await processesOf(await realpath(dataDir))),
  ]
}

async function temporaryFiles(dataDir: string): Promise<string[]> {
  const folders = ['tmp', path.join('blobs', 'tmp')]
  const left = await Promise.all(
    folders.map(async (folder) => (await readdir(path.join(dataDir, folder))).map((name) => path.join(folder, name))),
  )
  // Temporal keeps the journal of its own database.
  const unfinished = (await readdir(dataDir)).filter((name) =>
    /\.(new|part)$|^greenlight\.db-|^temporal\.json$/.test(name),
  )
  return [...left.flat(), ...unfinished].map((name) => `${name} is left in the data folder.`)
}

/** A blob's name is its hash, so half a blob has another. */
async function brokenBlobs(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  const broken: string[] = []
  for (const { name, parentPath } of entries.filter((entry) => entry.isFile())) {
    const hash = createHash('sha256')
    await pipeline(createReadStream(path.join(parentPath, name)), hash)
    if (hash.digest('hex') !== name) broken.push(`The blob ${name} has other bytes than its name says.`)
  }
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
