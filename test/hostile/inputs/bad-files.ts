/** Files that are not what they seem, made here. */
import { crc32, deflateSync, gzipSync } from 'node:zlib'
import { jpeg, mp4, png } from '../../api/sample-files.ts'

export const SVG = Buffer.from(
  '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="file:///etc/passwd"/><script>alert(1)</script></svg>',
)
export const PLAYLIST = Buffer.from(
  '#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:10,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n',
)
/** Begins as an MP4 does. */
export const DISGUISED_PLAYLIST = Buffer.concat([Buffer.from('\0\0\0\x18ftypmp42\0\0\0\0mp42isom'), PLAYLIST])

/** A PNG whose 900 million pixels are there: 110 KB that unfold to 112 MB. */
export async function pixelBomb(): Promise<Buffer> {
  const side = 30_000
  const row = side / 8 + 1
  const header = Buffer.alloc(13)
  header.writeUInt32BE(side, 0)
  header.writeUInt32BE(side, 4)
  header[8] = 1
  return pngOf(header, deflateSync(Buffer.alloc(row * side), { level: 9 }))
}

function pngOf(header: Buffer, pixels: Buffer): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), data])
    const frame = Buffer.alloc(8)
    frame.writeUInt32BE(data.length, 0)
    frame.writeUInt32BE(crc32(body), 4)
    return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)])
  }
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', pixels), chunk('IEND', Buffer.alloc(0))])
}

/** A small PNG that says it has 60,000 × 50,000 pixels. */
export async function lyingPng(): Promise<Buffer> {
  const file = await png()
  file.writeUInt32BE(60_000, 16)
  file.writeUInt32BE(50_000, 20)
  file.writeUInt32BE(crc32(file.subarray(12, 29)), 29)
  return file
}

/** A small JPEG that says it has 65,500 × 65,500 pixels. */
export async function lyingJpeg(): Promise<Buffer> {
  const file = await jpeg()
  const frame = file.indexOf(Buffer.from([0xff, 0xc0]))
  file.writeUInt16BE(65_500, frame + 5)
  file.writeUInt16BE(65_500, frame + 7)
  return file
}

/** An MP4 with its index, whose pictures are noise. */
export async function noisyMp4(): Promise<Buffer> {
  const file = await mp4()
  const pictures = file.indexOf('mdat') + 4
  for (let at = pictures; at < pictures + file.readUInt32BE(pictures - 8) - 8; at++) file[at] = (at * 7919) % 251
  return file
}

/** An MP4 without its index. */
export async function mp4WithoutIndex(): Promise<Buffer> {
  const file = await mp4()
  file.write('zzzz', file.indexOf('moov'))
  return file
}

/** A WAV of one sample a second, which so lasts 4,000 s in 8 KB. */
export function endlessWav(): Buffer {
  const file = Buffer.alloc(44 + 4_000)
  file.write('RIFF\xff\xff\xff\xffWAVEfmt ', 0, 'latin1')
  file.writeUInt32LE(16, 16)
  file.writeUInt16LE(1, 20)
  file.writeUInt16LE(1, 22)
  file.writeUInt32LE(1, 24)
  file.writeUInt32LE(1, 28)
  file.writeUInt16LE(1, 32)
  file.writeUInt16LE(8, 34)
  file.write('data', 36)
  file.writeUInt32LE(4_000, 40)
  return file
}

/** An ASF head whose first object has the size 0: a reader that skips by size stays there for ever. */
export function stuckAsf(): Buffer {
  const head = Buffer.from('3026b2758e66cf11a6d900aa0062ce6c', 'hex')
  return Buffer.concat([head, Buffer.alloc(200)])
}

/** What gives 100 MB when it is unpacked. */
export const gzipBomb = (): Buffer => gzipSync(Buffer.alloc(100 * 1024 * 1024), { level: 9 })

export const headOf = async (file: Promise<Buffer>, bytes: number): Promise<Buffer> => (await file).subarray(0, bytes)
