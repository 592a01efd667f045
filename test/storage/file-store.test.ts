import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, it } from 'vitest'
import { createFileStore } from '../../storage/file-store.ts'

it('removes what a process that was killed had begun to write, and nothing of one that lives', async () => {
  const root = await mkdtemp(path.join(tmpdir(), 'greenlight-store-'))
  const store = await createFileStore(root)
  const temporary = path.join(root, 'tmp')
  const living = `${process.pid}-being-written`
  const write = async () => {
    for (const name of ['999999999-half', living]) await writeFile(path.join(temporary, name), 'half')
  }
  await write()
  await createFileStore(root)
  expect(await readdir(temporary)).toEqual([living])
  await write()
  expect(await store.removeUnfinished(new Date())).toBe(1)
  expect(await readdir(temporary)).toEqual([living])
  await rm(root, { recursive: true })
})
