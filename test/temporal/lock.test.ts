import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { lockDataDir } from '../../temporal/lock.ts'
import { kill, startHolder } from './holder.ts'

let dataDir: string
beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'greenlight-lock-'))
})
afterEach(() => rm(dataDir, { recursive: true, force: true }))

it('refuses a second process, names the first and says what to do', async () => {
  const { child } = await startHolder('hold-lock.ts', dataDir)
  try {
    await expect(lockDataDir(dataDir)).rejects.toThrow(
      `Another Greenlight (process ${child.pid}) is using ${dataDir}: stop it first, or set DATA_DIR to another folder.`,
    )
  } finally {
    await kill(child)
  }
})

it('is free again as soon as its holder was killed', async () => {
  const { child } = await startHolder('hold-lock.ts', dataDir)
  await kill(child)
  const unlock = await lockDataDir(dataDir)
  await unlock()
})

it('is held against the same process as well, until it is given back', async () => {
  const unlock = await lockDataDir(dataDir)
  await expect(lockDataDir(dataDir)).rejects.toThrow(`process ${process.pid}`)
  await unlock()
  const again = await lockDataDir(dataDir)
  await again()
})

it('lets two processes use two folders, which are made when missing', async () => {
  const unlock = await lockDataDir(path.join(dataDir, 'one', 'a'))
  const unlockOther = await lockDataDir(path.join(dataDir, 'two'))
  await Promise.all([unlock(), unlockOther()])
})
