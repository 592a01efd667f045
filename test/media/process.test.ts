import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startMediaProcess } from '../../media/process/start.ts'
import { PROFILE, setUp } from './support.ts'

const { tools, clip, at } = await setUp()
const { media, close } = startMediaProcess(tools)
afterAll(close)

/** Takes ffmpeg some seconds. */
let long: { input: string; output: string; profile: typeof PROFILE; durationSeconds: number }
beforeAll(async () => {
  const input = await clip('long.mp4', { size: '640x360', seconds: 20 })
  long = {
    input,
    output: at('long-conformed.mp4'),
    profile: { ...PROFILE, width: 1920, height: 1080 },
    durationSeconds: 20,
  }
})

/** The processes whose command line has all of these. */
async function processesWith(...words: string[]): Promise<number[]> {
  const found: number[] = []
  for (const name of await readdir('/proc')) {
    const line = /^\d+$/.test(name) && (await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => ''))
    if (line && words.every((word) => line.includes(word))) found.push(Number(name))
  }
  return found
}
const mediaProcesses = () => processesWith('media/process/main.ts', tools.tempDir)
/** What stands in the folders of the processes. */
const leftovers = async () => (await readdir(tools.tempDir, { recursive: true })).filter((name) => name.includes('/'))
const ffmpegs = () => processesWith(long.input, '-nostdin')

async function untilGone(look: () => Promise<unknown[]>): Promise<void> {
  while ((await look()).length > 0) await sleep(20)
}

describe('the media process', () => {
  it('runs the verbs, and tells how far they are', async () => {
    const told: number[] = []
    const request = { ...long, durationSeconds: 2, profile: PROFILE }
    const onProgress = (fraction: number) => told.push(fraction)
    expect(await media.conformClip({ ...request, onProgress })).toEqual({
      frames: 48,
      durationSeconds: 2,
      changed: true,
    })
    expect(told.at(-1)).toBeGreaterThan(0)
    expect(await media.probe(long.output)).toMatchObject({ container: 'mov', video: { frames: 48 } })
  })

  it('throws what the verbs throw', async () => {
    await writeFile(at('noise.mp4'), Buffer.alloc(2000, 7))
    await expect(media.probe(at('noise.mp4'))).rejects.toMatchObject({ name: 'MediaError', kind: 'unreadable' })
    await expect(media.probe(at('missing.mp4'))).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('stops at once when it is told to, also before it began', async () => {
    const controller = new AbortController()
    const stopped = media.conformClip({ ...long, signal: controller.signal, onProgress: () => controller.abort() })
    await expect(stopped).rejects.toMatchObject({ name: 'MediaError', kind: 'aborted' })
    const never = media.conformClip({ ...long, signal: AbortSignal.abort() })
    await expect(never).rejects.toMatchObject({ name: 'MediaError', kind: 'aborted' })
    expect(await ffmpegs()).toEqual([])
    expect(await leftovers()).toEqual([])
  })

  it('fails what it ran when it is killed, and is started again by the next call', async () => {
    const [pid = 0] = await mediaProcesses()
    const killed = media.conformClip({ ...long, onProgress: () => process.kill(pid, 'SIGKILL') })
    await expect(killed).rejects.toMatchObject({
      name: 'MediaError',
      kind: 'failed',
      message: expect.stringMatching(/SIGKILL/),
    })
    await untilGone(ffmpegs)
    expect(await media.probe(long.input)).toMatchObject({ video: { frames: 480 } })
  })

  it('fails what it was to run when it can not be started, and is started by the next call', async () => {
    const script = path.join(import.meta.dirname, 'exhaust-media.ts')
    const args = [script, JSON.stringify(tools), long.input]
    const limited = ['-c', 'ulimit -n 256 && exec "$0" "$@"', process.execPath, ...args]
    const { stdout } = await promisify(execFile)('sh', limited)
    expect(JSON.parse(stdout)).toEqual([expect.stringMatching(/^MediaError: .*\(EMFILE\)/), 'mov'])
  })

  it('gets none of our secrets', async () => {
    const [pid] = await mediaProcesses()
    const environment = (await readFile(`/proc/${pid}/environ`, 'utf8')).split('\0').map((line) => line.split('=')[0])
    expect(environment.filter((name) => name && !['PATH', 'TMPDIR', 'NODE_COMPILE_CACHE'].includes(name))).toEqual([
      'NODE_CHANNEL_FD',
      'NODE_CHANNEL_SERIALIZATION_MODE',
    ])
  })

  it('ends with the process that started it, however that ends, and leaves nothing', async () => {
    const args = [path.join(import.meta.dirname, 'hold-media.ts'), JSON.stringify(tools), JSON.stringify(long)]
    close()
    await untilGone(mediaProcesses)
    const holder = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(holder.stdout, 'data')
    expect(await mediaProcesses()).toHaveLength(1)
    expect(await ffmpegs()).toHaveLength(1)
    holder.kill('SIGKILL')
    await untilGone(mediaProcesses)
    await untilGone(ffmpegs)
    expect(await leftovers()).toEqual([])
  })
})
