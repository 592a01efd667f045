import { join } from 'node:path'
import type { StoredPicture } from './check-stored.ts'
import { encodeClip } from './encode-clip.ts'
import { probe } from './probe.ts'
import type { OutputProfile } from './profile.ts'
import type { MediaTools } from './tools.ts'

export interface CopiedClip {
  path: string
  frames: number
  picture: StoredPicture
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
  const headers = clips.every(({ picture }) => picture.headers === first.picture.headers)
    ? first.picture.headers
    : await ownHeaders(tools, first, alignment)

  const paths: string[] = []
  for (const [index, { path, picture, frames, cuts }] of clips.entries()) {
    if (picture.headers === headers && cuts.every((cut) => picture.keyframes.includes(cut))) {
      paths.push(path)
      continue
    }
    const output = join(alignment.folder, `aligned-${index}.mp4`)
    const info = await probe(tools, path, { demuxer: 'mov', signal: alignment.signal })
    await encodeClip(tools, { ...encoding, input: path, info, output, frames, keyframes: cuts })
    paths.push(output)
  }
  return paths
}

/** One frame is enough to learn our encoder's headers: they depend on its options, not on the pictures. */
async function ownHeaders(tools: MediaTools, { path }: CopiedClip, { profile, folder, signal }: Alignment) {
  const output = join(folder, 'sample.mp4')
  const info = await probe(tools, path, { demuxer: 'mov', signal })
  await encodeClip(tools, { profile, copyPicture: false, signal, input: path, info, output, frames: 1 })
  return (await probe(tools, output, { demuxer: 'mov', signal })).video?.headers
}
