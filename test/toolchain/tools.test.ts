import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { run } from '../../toolchain/executables.ts'
import type { Surroundings } from '../../toolchain/index.ts'
import { searchTool } from '../../toolchain/index.ts'
import { pins } from '../../toolchain/pins.ts'

let folder: string
let around: Surroundings

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'greenlight-tools-'))
  await mkdir(path.join(folder, 'bin'))
  // A PATH with nothing on it but what a test puts there, and a cache with nothing in it.
  around = {
    env: { PATH: path.join(folder, 'bin') },
    cacheDir: path.join(folder, 'cache'),
    say: () => {},
    download: async (url) => {
      throw new Error(`${new URL(url).host} can't be reached`)
    },
  }
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** A program that only tells its version. */
async function program(file: string, says: string): Promise<string> {
  await mkdir(path.dirname(file), { recursive: true })
  await writeFile(file, `#!/bin/sh\necho "${says}"\n`, { mode: 0o755 })
  return file
}
const onPath = (name: string, says: string) => program(path.join(folder, 'bin', name), says)
const inCache = (name: 'temporal' | 'ffmpeg', says: string) =>
  program(path.join(around.cacheDir, `${name}-${pins[name].version}`, name), says)

describe('where a tool comes from', () => {
  it('uses the executable that the variable names before any other', async () => {
    await onPath('ffmpeg', 'ffmpeg version 9.0 Copyright')
    await inCache('ffmpeg', 'ffmpeg version 9.0 Copyright')
    around.env.FFMPEG_PATH = await program(path.join(folder, 'mine'), 'ffmpeg version n8.1.2-3-gabcdef0 Copyright')
    expect(await searchTool('ffmpeg', around)).toEqual({
      path: path.join(folder, 'mine'),
      version: '8.1.2',
      source: 'FFMPEG_PATH',
    })
  })

  it('says so when the variable names no executable, and does not look elsewhere', async () => {
    await onPath('temporal', 'temporal version 1.9.1')
    around.env.TEMPORAL_CLI_PATH = '/nowhere/temporal'
    await expect(searchTool('temporal', around)).rejects.toThrow(
      'TEMPORAL_CLI_PATH names /nowhere/temporal, which is no executable file',
    )
  })

  it('prefers the temporal on PATH to the cached one', async () => {
    const own = await onPath('temporal', 'temporal version 1.7.0 (Server 1.31.0, UI 2.50.0)')
    await inCache('temporal', 'temporal version 1.9.1')
    expect(await searchTool('temporal', around)).toMatchObject({ path: own, version: '1.7.0', source: 'PATH' })
  })

  it('prefers the pinned ffmpeg to the one on PATH', async () => {
    await onPath('ffmpeg', 'ffmpeg version 5.1.6-0+deb12u1 Copyright')
    const pinned = await inCache('ffmpeg', 'ffmpeg version 9.0.2 Copyright')
    expect(await searchTool('ffmpeg', around)).toMatchObject({ path: pinned, source: 'cache' })
  })

  it('takes the ffmpeg on PATH when none can be fetched, and says what an old one lacks', async () => {
    const own = await onPath('ffmpeg', 'ffmpeg version 5.1.6-0+deb12u1 Copyright')
    expect(await searchTool('ffmpeg', around)).toEqual({
      path: own,
      version: '5.1.6-0+deb12u1',
      source: 'PATH',
      note: expect.stringContaining('HEIC'),
    })
  })

  it('passes over a program that does not run', async () => {
    const broken = await onPath('temporal', 'never said')
    await writeFile(broken, '#!/bin/sh\necho out of order >&2\nexit 3\n', { mode: 0o755 })
    const cached = await inCache('temporal', 'temporal version 1.9.1')
    expect(await searchTool('temporal', around)).toMatchObject({ path: cached })
  })

  it('says in one sentence what was tried and which variable to set when nothing can be had', async () => {
    const error = await searchTool('ffmpeg', around).catch((reason: Error) => reason)
    expect(String(error)).toMatch(
      /^Error: No ffmpeg can be had: none was fetched before; there is no python3 on PATH; .+; there is no ffmpeg on PATH\. Install one and set FFMPEG_PATH to its path\.$/,
    )
  })

  it('takes no download that is not the pinned program', async () => {
    around.download = (_url, into) => writeFile(path.join(into, 'temporal'), 'something else', { mode: 0o755 })
    await expect(searchTool('temporal', around)).rejects.toThrow('is not the pinned one')
  })

  it('brings an ffprobe that runs, with the dependencies alone', async () => {
    const ffprobe = await searchTool('ffprobe', around)
    expect(ffprobe.source).toBe('npm @ffprobe-installer/ffprobe')
    const { stdout } = await run(ffprobe.path, ['-hide_banner', '-formats'])
    expect(stdout).toContain('mov,mp4')
  })
})
