/**
 * Reads the index of an MP4 that was made or checked here before: which frames it has, and when. In this process, because
 * starting ffprobe twice a clip took most of the time that a film waited for. What somebody else sends is probed
 * (probe.ts), which reads every packet. Boxes are those of ISO/IEC 14496-12 (and -15 for avc1).
 */
import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import { MediaError } from './errors.ts'
import { MAX_SECONDS } from './probe.ts'

export interface Mp4Picture {
  width: number
  height: number
  /** Ticks a second. */
  timescale: number
  frames: number
  /** Ticks that every frame lasts; null when they differ. */
  frameTicks: number | null
  /** When the first frame is shown (ticks). */
  start: number
  /** Numbers of the frames that decoding can start at, ascending. */
  keyframes: number[]
  /** SHA-256 of the H.264 parameter sets, as in VideoInfo. */
  headers: string
}

export interface Mp4Sound {
  sampleRate: number
  channels: number
}

export interface Mp4Index {
  /** Of the first track; null when that is no H.264. */
  picture: Mp4Picture | null
  /** Of the second track; null when that is no AAC. */
  sound: Mp4Sound | null
}

/** More is refused: the longest file that is taken, at the most frames a second that phones record. */
const MAX_FRAMES = MAX_SECONDS * 240
/** More is refused (bytes): several times what MAX_FRAMES and their sound take. */
const MAX_INDEX = 64 * 2 ** 20

/** Throws a MediaError ("failed") for a file without a whole index, or with less in it than its index says. */
export async function readMp4Index(path: string): Promise<Mp4Index> {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    const moov = await findIndex(file, size)
    if (!moov) throw new MediaError('failed', 'A stored clip has no index.')
    const [picture, sound] = children(moov).filter(({ type }) => type === 'trak')
    return { picture: picture ? pictureOf(picture.body, size) : null, sound: sound ? soundOf(sound.body) : null }
  } catch (error) {
    // A buffer's, for what is read beyond its end.
    throw error instanceof RangeError ? cutShort(error) : error
  } finally {
    await file.close()
  }
}

const cutShort = (cause?: Error) => new MediaError('failed', 'The index of a stored clip is cut short.', { cause })

async function findIndex(file: FileHandle, size: number): Promise<Buffer | null> {
  const head = Buffer.alloc(16)
  for (let at = 0; at + 8 <= size; ) {
    await file.read(head, 0, 16, at)
    const short = head.readUInt32BE(0)
    const length = short === 1 ? Number(head.readBigUInt64BE(8)) : short === 0 ? size - at : short
    if (length < 8) return null
    if (head.toString('latin1', 4, 8) === 'moov') {
      if (length > MAX_INDEX) throw new MediaError('failed', 'The index of a stored clip is too large.')
      const moov = Buffer.alloc(Math.min(length, size - at) - 8)
      await file.read(moov, 0, moov.length, at + 8)
      return moov
    }
    at += length
  }
  return null
}

interface Box {
  type: string
  body: Buffer
}

function children(parent: Buffer, from = 0): Box[] {
  const boxes: Box[] = []
  for (let at = from; at + 8 <= parent.length; ) {
    const length = parent.readUInt32BE(at)
    if (length < 8) break
    boxes.push({ type: parent.toString('latin1', at + 4, at + 8), body: parent.subarray(at + 8, at + length) })
    at += length
  }
  return boxes
}

const inside = (parent: Buffer, ...names: string[]): Buffer | undefined =>
  names.reduce<Buffer | undefined>((box, name) => box && children(box).find(({ type }) => type === name)?.body, parent)

/** The rows of a table: after version, flags and their number, `width` 32-bit numbers each. */
function* table(box: Buffer | undefined, width: number, from = 4): Generator<Buffer> {
  if (!box) return
  const count = box.readUInt32BE(from)
  const rows = box.subarray(from + 4)
  if (count * width * 4 > rows.length) throw cutShort()
  for (let row = 0; row < count; row++) yield rows.subarray(row * width * 4)
}

function pictureOf(trak: Buffer, fileSize: number): Mp4Picture | null {
  const stbl = inside(trak, 'mdia', 'minf', 'stbl')
  const entry = stbl && firstEntry(stbl, 'avc1')
  if (!entry || !stbl) return null
  const header = children(entry, 78).find(({ type }) => type === 'avcC')?.body
  const decoded = runs(inside(stbl, 'stts'))
  const late = runs(inside(stbl, 'ctts'))
  let clock = 0
  const shown = decoded.map((ticks, index) => {
    const time = clock + (late[index] ?? 0)
    clock += ticks
    return time
  })
  const times = shown.toSorted((a, b) => a - b)
  const start = times[0] ?? 0
  const step = (times[1] ?? clock) - start
  const place = new Map(times.map((time, index) => [time, index]))
  const keys = inside(stbl, 'stss')
  const decodable = keys ? [...table(keys, 1)].map((row) => row.readUInt32BE(0) - 1) : shown.map((_, index) => index)
  assertWhole(stbl, fileSize)
  return {
    width: entry.readUInt16BE(24),
    height: entry.readUInt16BE(26),
    timescale: timescaleIn(trak),
    frames: times.length,
    frameTicks: times.every((time, index) => time === start + index * step) ? step : null,
    start: start - editBegin(trak),
    keyframes: decodable.flatMap((index) => place.get(shown[index] ?? -1) ?? []).sort((a, b) => a - b),
    headers: header ? `SHA256:${createHash('sha256').update(header).digest('hex')}` : '',
  }
}

function soundOf(trak: Buffer): Mp4Sound | null {
  const stbl = inside(trak, 'mdia', 'minf', 'stbl')
  const entry = stbl && firstEntry(stbl, 'mp4a')
  return entry ? { sampleRate: entry.readUInt16BE(24), channels: entry.readUInt16BE(16) } : null
}

const firstEntry = (stbl: Buffer, type: string): Buffer | undefined =>
  children(inside(stbl, 'stsd') ?? Buffer.alloc(0), 8).find((entry) => entry.type === type)?.body

/** A table of runs (how many, which value) spelt out. A few bytes can say billions. */
function runs(box: Buffer | undefined): number[] {
  const values: number[] = []
  for (const row of table(box, 2)) {
    const count = row.readUInt32BE(0)
    if (values.length + count > MAX_FRAMES) {
      throw new MediaError('failed', `A stored clip says that it has more than ${MAX_FRAMES} frames.`)
    }
    for (let i = 0; i < count; i++) values.push(row.readInt32BE(4))
  }
  return values
}

function timescaleIn(trak: Buffer): number {
  const header = inside(trak, 'mdia', 'mdhd')
  return header?.readUInt32BE(header[0] === 1 ? 20 : 12) ?? 0
}

/** From which tick on the track is shown: B-frames let the first be decoded before 0. */
function editBegin(trak: Buffer): number {
  const edits = inside(trak, 'edts', 'elst')
  if (!edits || edits.readUInt32BE(4) === 0) return 0
  return edits[0] === 1 ? Number(edits.readBigInt64BE(16)) : edits.readInt32BE(12)
}

/** The last chunk's first byte has to be in the file. */
function assertWhole(stbl: Buffer, fileSize: number): void {
  const long = inside(stbl, 'co64')
  const offsets = long
    ? [...table(long, 2)].map((row) => Number(row.readBigUInt64BE(0)))
    : [...table(inside(stbl, 'stco'), 1)].map((row) => row.readUInt32BE(0))
  if (offsets.every((offset) => offset < fileSize)) return
  throw new MediaError('failed', 'A stored clip is cut short: its end is missing.')
}
