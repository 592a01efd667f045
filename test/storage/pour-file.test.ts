import { mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Writable } from 'node:stream'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { pourFile } from '../../storage/pour-file.ts'

const MIB = 1024 * 1024
let folder: string
let file: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'greenlight-pour-'))
  file = path.join(folder, 'film.mp4')
  await writeFile(file, Buffer.alloc(2 * MIB, 7))
})
afterAll(() => rm(folder, { recursive: true }))

const whole = { start: 0, end: 2 * MIB - 1 }

it('writes the part that is asked for and closes the file', async () => {
  const handle = await open(file)
  const taken: Buffer[] = []
  const out = new Writable({
    write(chunk, _, done) {
      taken.push(Buffer.from(chunk))
      done()
    },
  })
  await pourFile(handle, { start: 10, end: MIB + 9 }, out)
  expect(Buffer.concat(taken)).toHaveLength(MIB)
  expect(handle.fd).toBe(-1)
})

it('closes the file when the reader leaves while it waits for more', async () => {
  const handle = await open(file)
  // It takes the first piece and never asks for another.
  const out = new Writable({ write: () => {} })
  const poured = pourFile(handle, whole, out)
  setTimeout(() => out.destroy(), 20)
  await expect(poured).rejects.toThrow('The reader has left.')
  expect(handle.fd).toBe(-1)
})

it('closes the file when it ends before it should', async () => {
  const handle = await open(file)
  const out = new Writable({ write: (_, __, done) => done() })
  await expect(pourFile(handle, { start: 0, end: 3 * MIB }, out)).rejects.toThrow(/ends at byte 2097152/)
  expect(handle.fd).toBe(-1)
})
