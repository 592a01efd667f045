import { join } from 'node:path'
import { encodeClip } from './encode-clip.ts'
import { type MediaInfo, probe } from './probe.ts'
import type { OutputProfile } from './profile.ts'
import type { MediaTools } from './tools.ts'

export interface CopiedClip {
  path: string
  frames: number
  /** What `probe` says of it. */
  info: MediaInfo
  /** Frames where it will be cut: a decoder has to be able to start there. */
  cuts: number[]
}

interface Alignment {
  profile: OutputProfile
  /** Where clips that are encoded anew are put. */
  folder: string
  signal?: AbortSignal
}

/**
 * Returns the clips' files such that their packets can be copied one after the other: with the same H.264 headers, and
 * keyframes where they are cut. An MP4 has one set of headers, and where they change within a film, Apple's players show
 * garbage. Clips of one encoder agree, so mostly nothing is done; when a film mixes the provider's own clips with what
 * was made here, the provider's are encoded by our encoder too. Throws a MediaError.
 */
export async function alignClips(tools: MediaTools, clips: CopiedClip[], alignment: Alignment): Promise<string[]> {
  const encoding = { profile: alignment.profile, copyPicture: false, signal: alignment.signal }
  const [first] = clips
  if (!first) return []
  const headers = clips.every(({ info }) => info.video?.headers === first.info.video?.headers)
    ? first.info.video?.headers
    : await ownHeaders(tools, first, alignment)

  const paths: string[] = []
  for (const [index, { path, info, frames, cuts }] of clips.entries()) {
    if (info.video?.headers === headers && cuts.every((cut) => isBorder(cut, info, frames))) {
      paths.push(path)
      continue
    }
    const output = join(alignment.folder, `aligned-${index}.mp4`)
    await encodeClip(tools, { ...encoding, input: path, info, output, frames, keyframes: cuts })
    paths.push(output)
  }
  return paths
}

/** One frame is enough to learn our encoder's headers: they depend on its options, not on the pictures. */
async function ownHeaders(tools: MediaTools, { path, info }: CopiedClip, { profile, folder, signal }: Alignment) {
  const output = join(folder, 'sample.mp4')
  await encodeClip(tools, { profile, copyPicture: false, signal, input: path, info, output, frames: 1 })
  return (await probe(tools, output, { demuxer: 'mov', signal })).video?.headers
}

function isBorder(cut: number, { video }: MediaInfo, frames: number): boolean {
  return cut === frames || video?.keyframes.includes(cut) === true
}
