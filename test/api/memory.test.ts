/** What large transfers hold in memory, in the server as it is started. */
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises'
import http from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fillDatabase } from '../../bench/fill-database.ts'
import { freePort } from '../../temporal/ports.ts'
import { type StartedProcess, startProcess } from '../support/process.ts'

const MIB = 1024 * 1024
const SIZE = 200 * MIB
/** 60 MB, as in 60 million bytes. */
const MAY_GROW = 60_000_000

let folder: string
let server: StartedProcess
let api: string
let film: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'greenlight-memory-'))
  const { doneJob } = await fillDatabase(folder, { assetBytes: Buffer.from('x'), videoBytes: SIZE })
  const port = await freePort(0)
  server = await startProcess('server.ts', { DATA_DIR: folder, PORT: String(port) })
  api = `http://127.0.0.1:${port}/api/v3`
  film = `${api}/videos/${doneJob}/combined`
}, 60_000)
afterAll(async () => {
  await server.end()
  await rm(folder, { recursive: true })
})

describe('a large transfer', { timeout: 60_000 }, () => {
  it('is not held in memory: 200 MB up and 200 MB down at once, by a slow reader', async () => {
    await Promise.all([upload(4 * MIB), download(0)])
    const before = await residentBytes()
    let peak = before
    let over = false
    const watching = (async () => {
      while (!over) {
        peak = Math.max(peak, await residentBytes())
        await sleep(20)
      }
    })()
    const [uploaded, downloaded] = await Promise.all([upload(SIZE), download(2)])
    over = true
    await watching
    expect({ uploaded, downloaded }).toEqual({ uploaded: 201, downloaded: SIZE })
    expect(peak - before).toBeLessThan(MAY_GROW)
  })

  it('that its reader gives up has its file closed', async () => {
    const request = http.get(film)
    const [response] = await once(request, 'response')
    await once(response, 'readable')
    expect(await openBlobs()).toBe(1)
    request.destroy()
    while ((await openBlobs()) > 0) await sleep(20)
  })
})

/** A sound of silence. @returns the status */
function upload(size: number): Promise<number> {
  const boundary = 'the-boundary'
  const header = Buffer.alloc(44)
  header.write('RIFF____WAVEfmt ')
  header.writeUInt32LE(size - 8, 4)
  header.writeUInt32LE(16, 16)
  header.writeUInt16LE(1, 20)
  header.writeUInt16LE(2, 22)
  header.writeUInt32LE(48_000, 24)
  header.writeUInt32LE(192_000, 28)
  header.writeUInt16LE(4, 32)
  header.writeUInt16LE(16, 34)
  header.write('data', 36)
  header.writeUInt32LE(size - 44, 40)
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': `multipart/form-data; boundary=${boundary}` }
    const request = http.request(`${api}/assets`, { method: 'POST', headers }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    request.on('error', reject)
    request.write(
      `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="silence.wav"\r\ncontent-type: audio/wav\r\n\r\n`,
    )
    request.write(header)
    const silence = Buffer.alloc(MIB)
    let left = size - header.length
    const more = () => {
      while (left > 0) {
        const part = silence.subarray(0, left)
        left -= part.length
        if (!request.write(part)) return void request.once('drain', more)
      }
      request.end(`\r\n--${boundary}--\r\n`)
    }
    more()
  })
}

/** @param pauseMs how long it rests after every fourth piece. @returns bytes */
async function download(pauseMs: number): Promise<number> {
  const [response] = (await once(http.get(film), 'response')) as [http.IncomingMessage]
  let [bytes, pieces] = [0, 0]
  for await (const chunk of response) {
    bytes += chunk.length
    if (pauseMs > 0 && ++pieces % 4 === 0) await sleep(pauseMs)
  }
  return bytes
}

async function residentBytes(): Promise<number> {
  const status = await readFile(`/proc/${server.child.pid}/status`, 'utf8')
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) * 1024
}

/** How many blobs the server holds open. */
async function openBlobs(): Promise<number> {
  const folderOfFds = `/proc/${server.child.pid}/fd`
  const fds = await readdir(folderOfFds)
  const files = await Promise.all(fds.map((fd) => readlink(path.join(folderOfFds, fd)).catch(() => '')))
  return files.filter((file) => file.startsWith(path.join(folder, 'blobs'))).length
}
