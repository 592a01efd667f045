/** Films as a job makes them, from clips that are stored. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { checkStored } from '../../media/check-stored.ts'
import { withRunFolder } from '../../media/folder.ts'
import type { Media } from '../../media/index.ts'
import { joinPicture } from '../../media/join-picture.ts'
import { runFfmpeg } from '../../media/run-ffmpeg.ts'
import type { MediaTools } from '../../media/tools.ts'
import type { Material } from './clips.ts'

/** The picture alone, by hard cuts, as stitch.ts joins it: checked before and after. */
export async function joinPictureAlone(tools: MediaTools, { clips, profile }: Material, output: string): Promise<void> {
  const sure = { profile, hasSound: false, what: 'A clip' }
  await withRunFolder(tools.tempDir, async (folder) => {
    const parts = await Promise.all(
      clips.map(async ({ path, frames }) => {
        const picture = await checkStored(tools, { ...sure, path, frames })
        return { path, frames, picture, left: { begin: 0, end: 0 } }
      }),
    )
    const { input, options } = await joinPicture(tools, { parts, profile, folder })
    const frames = clips.reduce((sum, clip) => sum + clip.frames, 0)
    await runFfmpeg(tools, {
      task: 'join the pictures',
      inputs: [input],
      options: [...options, '-map_metadata', '-1', '-movflags', '+faststart'],
      output,
      verify: async (path) => void (await checkStored(tools, { ...sure, path, frames })),
      timeoutSeconds: 600,
    })
  })
}

/** The transition after a clip. @returns its file */
export async function renderTransition(media: Media, material: Material, index: number, folder: string) {
  const { clips, profile, overlap } = material
  const [from, to] = [clips[index], clips[index + 1]]
  const output = path.join(folder, `transition-${profile.height}-${index % 6}.mp4`)
  if (from && to) await media.renderTransition({ from, to, kind: 'crossfade', frames: overlap, profile, output })
  return output
}

/**
 * From the last clip's arrival to the film that is served, as the activities do it: the last transition, the film, its
 * still, and the hashes under which they are stored.
 * @param transitions those that were rendered before
 */
export async function finishFilm(
  media: Media,
  material: Material,
  { transitions, folder }: { transitions: string[]; folder: string },
): Promise<string> {
  const { clips, profile, overlap } = material
  const last = clips.length - 2
  const rendered = await renderTransition(media, material, last, folder)
  await hashed(rendered)
  const [output, lossless] = [path.join(folder, 'film.mp4'), path.join(folder, 'film.flac')]
  const still = media.bestStill({ stills: clips.slice(0, 12).map(({ still }) => still) })
  await media.stitch({
    clips: clips.map(({ path, frames }, index) => ({
      path,
      frames,
      ...(index <= last && { transition: { path: transitions[index] ?? rendered, frames: overlap } }),
    })),
    ...{ profile, output, lossless },
  })
  await still
  await hashed(lossless)
  await hashed(output)
  return output
}

async function hashed(file: string): Promise<void> {
  await pipeline(createReadStream(file), createHash('sha256'))
}
