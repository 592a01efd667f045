import { SAMPLE_RATE } from './profile.ts'

const STEREO = 'aformat=sample_fmts=fltp:channel_layouts=stereo'

/** Filters that turn any sound into 48 kHz stereo of exactly so many samples: cut, or continued by silence. */
export function exactSound(samples: number): string {
  // async=1 fills gaps with silence, and first_pts=0 the time before a sound track that begins late.
  return `aresample=${SAMPLE_RATE}:async=1:first_pts=0,${STEREO},${exactLength(samples)}`
}

/** Filters that cut 48 kHz sound after so many samples, or go on with silence until there. */
export function exactLength(samples: number): string {
  return `apad=whole_len=${samples},atrim=end_sample=${samples},asetpts=N/SR/TB`
}

/** A source of so many samples of silence. In a filter graph, because fluent-ffmpeg refuses `-f lavfi` as an input. */
export function silentSound(samples: number): string {
  return `anullsrc=r=${SAMPLE_RATE}:cl=stereo,${STEREO},atrim=end_sample=${samples}`
}

/** How the sound of clips and films is encoded: docs/decisions/0036-aac-search.md says why by the fast search. */
export const SOUND_OPTIONS = ['-c:a', 'aac', '-b:a', '192k', '-aac_coder', 'fast']
