import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { moveFile, withRunFolder } from '../../media/folder.ts'

const OTHER_FILESYSTEM = '/dev/shm'

it.skipIf(!existsSync(OTHER_FILESYSTEM))('moves a file to another filesystem', async () => {
  await withRunFolder(tmpdir(), async (folder) => {
    const elsewhere = await mkdtemp(join(OTHER_FILESYSTEM, 'greenlight-'))
    try {
      await writeFile(join(folder, 'film.mp4'), 'film')
      await moveFile(join(folder, 'film.mp4'), join(elsewhere, 'film.mp4'))
      expect(await readFile(join(elsewhere, 'film.mp4'), 'utf8')).toBe('film')
      expect(await readdir(elsewhere)).toEqual(['film.mp4'])
    } finally {
      await rm(elsewhere, { recursive: true })
    }
  })
})

it('removes the folder of a run that failed', async () => {
  let used = ''
  const run = withRunFolder(tmpdir(), async (folder) => {
    used = folder
    await writeFile(join(folder, 'half a film.mp4'), 'half')
    throw new Error('out of luck')
  })
  await expect(run).rejects.toThrow('out of luck')
  expect(existsSync(used)).toBe(false)
})
