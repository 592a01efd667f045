import { readdir, readFile, writeFile } from 'node:fs/promises'
import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { type FfmpegRun, runFfmpeg } from '../../media/run-ffmpeg.ts'
import { setUp } from './support.ts'

const { tools, at, leftovers } = await setUp()

/** A run that never ends by itself. */
const endless = (changes: Partial<FfmpegRun>): FfmpegRun => ({
  task: 'film the end of time',
  inputs: [],
  filter: 'testsrc2=s=64x64:r=24,realtime[v]',
  options: ['-map', '[v]', '-c:v', 'libx264', '-preset', 'ultrafast'],
  output: at('endless.mp4'),
  expectedSeconds: 1000,
  timeoutSeconds: 60,
  ...changes,
})

/** Whether a process works in the temp folder (Linux only: elsewhere there is no /proc, and the answer is no). */
async function isRunning(): Promise<boolean> {
  const processes = await readdir('/proc').catch(() => [])
  const commands = await Promise.all(processes.map((id) => readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')))
  return commands.some((command) => command.includes(tools.tempDir))
}

describe('runFfmpeg', () => {
  it('kills ffmpeg when it is aborted before the process is there', async () => {
    // The first run of a process: fluent-ffmpeg asks ffmpeg for its formats and encoders before it starts the run.
    const controller = new AbortController()
    const run = runFfmpeg(tools, endless({ signal: controller.signal }))
    while ((await leftovers()).length === 0) await setImmediate()
    controller.abort()
    await expect(run).rejects.toMatchObject({ kind: 'aborted' })
    expect(await isRunning()).toBe(false)
    expect(await leftovers()).toEqual([])
  })

  it('kills ffmpeg and clears its folder when the caller aborts', async () => {
    const controller = new AbortController()
    let wasRunning = false
    const onProgress = () => {
      isRunning().then((running) => {
        wasRunning = running
        controller.abort(new Error('canceled by the user'))
      })
    }
    await expect(runFfmpeg(tools, endless({ signal: controller.signal, onProgress }))).rejects.toMatchObject({
      kind: 'aborted',
      cause: new Error('canceled by the user'),
    })
    expect(wasRunning).toBe(process.platform === 'linux')
    expect(await isRunning()).toBe(false)
    expect(await leftovers()).toEqual([])
  })

  it('does not start for a caller who has already aborted', async () => {
    await expect(runFfmpeg(tools, endless({ signal: AbortSignal.abort() }))).rejects.toMatchObject({ kind: 'aborted' })
    expect(await leftovers()).toEqual([])
  })

  it('kills ffmpeg at its time limit', async () => {
    await expect(runFfmpeg(tools, endless({ timeoutSeconds: 0.5 }))).rejects.toMatchObject({
      kind: 'timeout',
      message: 'Stopped: ffmpeg took more than 0.5 s to film the end of time.',
    })
    expect(await isRunning()).toBe(false)
    expect(await leftovers()).toEqual([])
  })

  it('stops when more is written than it may, and leaves nothing of it', async () => {
    const filter = 'testsrc2=s=640x360:r=24[v]'
    await expect(runFfmpeg(tools, endless({ filter, maxBytes: 200_000 }))).rejects.toMatchObject({
      kind: 'failed',
      message: expect.stringContaining('more than the 200000 bytes'),
    })
    expect(await isRunning()).toBe(false)
    expect(await leftovers()).toEqual([])
  })

  it('says what ffmpeg said, without paths, and leaves an older result alone', async () => {
    await writeFile(at('endless.mp4'), 'the result of yesterday')
    const input = { path: at('missing.mp4'), demuxer: 'mov' } as const
    const error = await runFfmpeg(tools, endless({ inputs: [input] })).catch((caught: Error) => caught)
    expect(error).toMatchObject({ kind: 'failed', message: expect.stringContaining('No such file or directory') })
    expect(error).toHaveProperty('message', expect.not.stringContaining('/'))
    expect(await readFile(at('endless.mp4'), 'utf8')).toBe('the result of yesterday')
    expect(await leftovers()).toEqual([])
  })

  it('says what failed first, not what came of it', async () => {
    // HDR that says nothing but its transfer: zscale refuses it, then nothing is written.
    const filter = 'testsrc2=s=64x64:d=0.1,format=yuv420p10le,setparams=color_trc=smpte2084,zscale=transfer=linear[v]'
    await expect(runFfmpeg(tools, endless({ filter }))).rejects.toMatchObject({
      message: 'ffmpeg could not film the end of time: code 3074: no path between colorspaces',
      detail: expect.stringContaining('Nothing was written into output file'),
    })
  })

  it('keeps a result from becoming the output when the caller finds it wrong', async () => {
    const wrong = endless({
      filter: 'color=s=64x64:d=0.1[v]',
      output: at('wrong.mp4'),
      verify: () => Promise.reject(new Error('not what was meant')),
    })
    await expect(runFfmpeg(tools, wrong)).rejects.toThrow('not what was meant')
    await expect(readFile(at('wrong.mp4'))).rejects.toThrow('ENOENT')
    expect(await leftovers()).toEqual([])
  })
})
