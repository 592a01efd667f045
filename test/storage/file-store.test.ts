import fs from 'node:fs'
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, it, vi } from 'vitest'
import { createFileStore } from '../../storage/file-store.ts'
import { OWN_PREFIX } from '../../storage/temp-dir.ts'

it('removes what a process that was killed had begun to write, and nothing of one that lives', async () => {
  const root = await mkdtemp(path.join(tmpdir(), 'greenlight-store-'))
  const store = await createFileStore(root)
  const temporary = path.join(root, 'tmp')
  const living = [`${OWN_PREFIX}being-written`, `${process.ppid}-of-an-earlier-release`, '0badcafe.999999999-elsewhere']
  const [machine = ''] = OWN_PREFIX.split('.')
  const dead = [
    `${machine}.999999999-half`,
    '999999999-half',
    '0badcafe.1-elsewhere-for-a-day',
    `${machine}.${process.pid}-before-the-container-was-started-again`,
  ]
  const write = async () => {
    for (const name of [...living, ...dead]) await writeFile(path.join(temporary, name), 'half')
    await utimes(path.join(temporary, '0badcafe.1-elsewhere-for-a-day'), 0, 0)
  }
  await write()
  await createFileStore(root)
  expect((await readdir(temporary)).sort()).toEqual(living.sort())
  await write()
  expect(await store.removeUnfinished(new Date())).toBe(dead.length)
  expect((await readdir(temporary)).sort()).toEqual(living.sort())
  await rm(root, { recursive: true })
})

it('keeps nothing of an upload that failed before the disk had made its file', async () => {
  const root = await mkdtemp(path.join(tmpdir(), 'greenlight-store-'))
  const store = await createFileStore(root)
  const { open } = fs
  const slow = vi.spyOn(fs, 'open').mockImplementation(((...args: unknown[]) => {
    setTimeout(() => Reflect.apply(open, fs, args), 50)
  }) as unknown as typeof open)
  const broken = (async function* () {
    yield Buffer.from('bytes')
    throw new Error('connection lost')
  })()
  await expect(store.put(broken)).rejects.toThrow('connection lost')
  expect(slow).toHaveBeenCalledOnce()
  slow.mockRestore()
  // The disk is done now, whether it was waited for or not.
  await wait(100)
  expect(await readdir(path.join(root, 'tmp'))).toEqual([])
  await rm(root, { recursive: true })
})
