import { join } from 'node:path'
import { encodeClip } from './encode-clip.ts'
import { type MediaInfo, probe } from './probe.ts'
import type { OutputProfile } from './profile.ts'
import type { MediaTools } from './tools.ts'

interface Clip {
  path: string
  frames: number
}

interface Alignment {
  clips: Clip[]
  /** What `probe` says of each clip. */
  infos: MediaInfo[]
  profile: OutputProfile
  /** Where clips that are encoded anew are put. */
  folder: string
  signal?: AbortSignal
}

/**
 * Returns clips whose H.264 headers are all the same. An MP4 has one set of them, and where they change within a film,
 * Apple's players show garbage. Clips of one encoder agree, so mostly nothing is done; when a film mixes the provider's
 * own clips with clips that were conformed here, the provider's are encoded by our encoder too. Throws a MediaError.
 */
export async function alignHeaders(tools: MediaTools, alignment: Alignment): Promise<Clip[]> {
  const { clips, infos, profile, folder, signal } = alignment
  const [first] = clips
  const [firstInfo] = infos
  if (!first || !firstInfo || infos.every(({ video }) => video?.headers === firstInfo.video?.headers)) return clips

  // One frame is enough to learn our encoder's headers: they depend on its options, not on the pictures.
  const sample = join(folder, 'sample.mp4')
  const encoding = { profile, copyPicture: false, signal }
  await encodeClip(tools, { ...encoding, input: first.path, info: firstInfo, output: sample, frames: 1 })
  const ours = (await probe(tools, sample, { demuxer: 'mov', signal })).video?.headers

  const aligned: Clip[] = []
  for (const [index, clip] of clips.entries()) {
    const info = infos[index]
    if (!info || info.video?.headers === ours) {
      aligned.push(clip)
      continue
    }
    const path = join(folder, `aligned-${index}.mp4`)
    await encodeClip(tools, { ...encoding, input: clip.path, info, output: path, frames: clip.frames })
    aligned.push({ path, frames: clip.frames })
  }
  return aligned
}
