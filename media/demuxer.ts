import { open } from 'node:fs/promises'
import { MediaError } from './errors.ts'

/**
 * The input formats that are read, by ffmpeg's names. The demuxer is always named to ffmpeg, never guessed by it: its
 * guess would follow a playlist that calls itself MP4 to wherever the playlist points.
 */
export type Demuxer = 'mov' | 'matroska' | 'mp3' | 'wav' | 'flac' | 'ogg' | 'aac'

const MOV_ATOMS = ['ftyp', 'moov', 'mdat', 'wide', 'free', 'skip']

/** Which demuxer a file's first bytes call for. Throws a MediaError (unreadable) when none of ours does. */
export async function sniffDemuxer(path: string): Promise<Demuxer> {
  const head = Buffer.alloc(12)
  const file = await open(path)
  const { bytesRead } = await file.read(head, 0, head.length, 0).finally(() => file.close())
  if (bytesRead === 0) throw new MediaError('unreadable', 'The file is empty. Send it again.')
  const demuxer = demuxerOf(head)
  if (!demuxer) {
    throw new MediaError(
      'unreadable',
      'The file is neither video nor audio of a kind that can be read (MP4, MP3, WAV).',
    )
  }
  return demuxer
}

function demuxerOf(head: Buffer): Demuxer | undefined {
  const text = head.toString('latin1')
  if (MOV_ATOMS.includes(text.slice(4, 8))) return 'mov'
  if (head.readUInt32BE(0) === 0x1a45dfa3) return 'matroska'
  if (text.startsWith('RIFF') && text.slice(8, 12) === 'WAVE') return 'wav'
  if (text.startsWith('fLaC')) return 'flac'
  if (text.startsWith('OggS')) return 'ogg'
  if (text.startsWith('ID3')) return 'mp3'
  // An MPEG frame begins with eleven set bits (ADTS: twelve), then version and layer; layer 0 is AAC in ADTS.
  const sync = head.readUInt16BE(0)
  if ((sync & 0xfff6) === 0xfff0) return 'aac'
  if ((sync & 0xffe0) === 0xffe0 && (sync & 0x0006) !== 0) return 'mp3'
  return undefined
}
