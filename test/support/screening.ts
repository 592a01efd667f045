/** Watches what the API serves: the films, clips and pictures of a job, as files and as numbers. */
import { writeFile } from 'node:fs/promises'
import { expect } from 'vitest'
import { setUp } from '../media/support.ts'
import { smallFrames } from './frames.ts'
import type { Api } from './stack.ts'

/** Pixels and frames a second of a model's film. */
export interface Shape {
  width: number
  height: number
  fps: number
}

export type Screening = Awaited<ReturnType<typeof createScreening>>

export async function createScreening() {
  const { media, at, ffmpeg, sound, loudness, frameHashes } = await setUp()

  async function saved(api: Api, path: string, name: string): Promise<string> {
    await writeFile(at(name), await api.bytes(path))
    return at(name)
  }

  async function expectJpeg(api: Api, path: string): Promise<void> {
    const bytes = await api.bytes(path)
    expect(bytes.subarray(0, 3).toString('hex'), path).toBe('ffd8ff')
    expect(bytes.length).toBeGreaterThan(1_000)
  }

  return {
    media,
    sound,
    loudness,
    frameHashes,
    saved,

    /**
     * Checks a finished film, its clips and their stills against the storyboard.
     * @returns its file, and the files of its clips in storyboard order
     */
    async watch(api: Api, jobId: number, { width, height, fps }: Shape): Promise<{ film: string; clips: string[] }> {
      const { storyboard } = (await api.get(`/jobs/${jobId}`)).body
      const durations: number[] = storyboard.scenes.map(({ duration }: { duration: number }) => duration)
      const frames = durations.map((seconds) => Math.round(seconds * fps))
      const total = frames.reduce((sum, count) => sum + count, 0)
      const picture = { codec: 'h264', width, height, fps: { num: fps, den: 1 }, constantRate: true, startSeconds: 0 }
      const tone = { codec: 'aac', sampleRate: 48_000, channels: 2 }

      const film = await saved(api, `/videos/${jobId}/combined`, `film-${jobId}.mp4`)
      const shown = await media.probe(film)
      expect(shown).toMatchObject({ video: { ...picture, frames: total }, audio: tone })
      expect(Math.abs(shown.durationSeconds - storyboard.total_duration)).toBeLessThanOrEqual(0.1)
      const heard = (await sound(film)).length / 48_000
      expect(Math.abs(heard - total / fps)).toBeLessThanOrEqual(1 / fps)
      await expectJpeg(api, `/videos/${jobId}/thumbnail`)

      const { body } = await api.get(`/jobs/${jobId}/scenes`)
      expect(body).toMatchObject({ total_scenes: durations.length, completed_scenes: durations.length })
      expect(body.scenes.map(({ id }: { id: string }) => id)).toEqual(
        storyboard.scenes.map(({ id }: { id: string }) => id),
      )
      const clips: string[] = []
      for (const [index, { id, video_url }] of body.scenes.entries()) {
        expect(video_url).toBe(`/api/v3/videos/${jobId}/clips/clip_${id}.mp4`)
        const clip = await saved(api, `/videos/${jobId}/clips/clip_${id}.mp4`, `clip-${id}.mp4`)
        expect(await media.probe(clip)).toMatchObject({ video: { ...picture, frames: frames[index] }, audio: tone })
        await expectJpeg(api, `/videos/${jobId}/clips/clip_${id}.mp4/thumbnail`)
        clips.push(clip)
      }
      return { film, clips }
    },

    /** A frame of a video as PNG. @param seconds its moment */
    still: (file: string, seconds: number): Promise<Buffer> =>
      ffmpeg('-ss', `${seconds}`, '-i', file, '-frames:v', '1', '-c:v', 'png', '-f', 'image2pipe', '-'),

    /** Every frame of a video, small. */
    frames: (file: string): Promise<Uint8Array[]> => smallFrames(ffmpeg, file),
  }
}
