import { readFile, writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { readMp4Index } from '../../media/mp4-index.ts'
import { setUp } from './support.ts'

const { at, clip } = await setUp()

/** A clip whose index says something else: `change` is given the body of one of the picture's boxes, after its type. */
async function changed(type: string, change: (body: Buffer) => void): Promise<string> {
  const bytes = await readFile(await clip('clip.mp4', { encoding: ['-bf', '2'] }))
  const begin = bytes.indexOf(type, bytes.indexOf('moov'), 'latin1')
  expect(begin).toBeGreaterThan(0)
  change(bytes.subarray(begin + 4))
  await writeFile(at('changed.mp4'), bytes)
  return at('changed.mp4')
}

describe('the index of an MP4', () => {
  it('is read as it is where nothing is wrong with it', async () => {
    const { picture } = await readMp4Index(await changed('stts', () => {}))
    expect(picture).toMatchObject({ frames: 24, start: 0, timescale: 12288, frameTicks: 512 })
  })

  it.each(['stts', 'ctts'])('is refused where %s has billions of frames in a few bytes', async (type) => {
    const path = await changed(type, (body) => body.writeUInt32BE(0xffffffff, 8))
    await expect(readMp4Index(path)).rejects.toMatchObject({
      name: 'MediaError',
      kind: 'failed',
      message: 'A stored clip says that it has more than 864000 frames.',
    })
  })

  it.each(['stts', 'ctts', 'stss', 'stco'])('is refused where %s has fewer rows than it says', async (type) => {
    const path = await changed(type, (body) => body.writeUInt32BE(0xffffffff, 4))
    await expect(readMp4Index(path)).rejects.toMatchObject({
      name: 'MediaError',
      kind: 'failed',
      message: 'The index of a stored clip is cut short.',
    })
  })

  it('is refused where a header ends early', async () => {
    const bytes = await readFile(await clip('clip.mp4'))
    const begin = bytes.indexOf('mdhd', bytes.indexOf('moov'), 'latin1')
    // Its box is said to end after its flags; what follows of it is no box, and is skipped.
    bytes.writeUInt32BE(12, begin - 4)
    bytes.writeUInt32BE(20, begin + 8)
    await writeFile(at('changed.mp4'), bytes)
    await expect(readMp4Index(at('changed.mp4'))).rejects.toMatchObject({ name: 'MediaError', kind: 'failed' })
  })
})
