import { writeFile } from 'node:fs/promises'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { setUp } from './support.ts'

const { media, ffmpeg, at, clip } = await setUp()

/** The size of a JPEG and the colour of its middle. */
async function look(path: string) {
  const { width, height, format } = await sharp(path).metadata()
  const { dominant } = await sharp(path).stats()
  return { width, height, format, dominant }
}

describe('thumbnail', () => {
  it('is a JPEG, at most 640 pixels wide, in the colours of the film', async () => {
    const input = await clip('wide.mp4', { size: '1280x720', color: '0x2080c0', tone: 0 })
    // As a film is: conformed, so tagged BT.709. A JPEG is BT.601; without conversion the colour shifts by 10 and more.
    const profile = { width: 1280, height: 720, fps: { num: 30, den: 1 } }
    await media.conformClip({ input, output: at('film.mp4'), profile, durationSeconds: 1 })
    await media.thumbnail({ input: at('film.mp4'), output: at('wide.jpg') })
    const { width, height, format } = await look(at('wide.jpg'))
    expect({ width, height, format }).toEqual({ width: 640, height: 360, format: 'jpeg' })

    const reference = await ffmpeg(
      '-i',
      at('film.mp4'),
      '-frames:v',
      '1',
      '-vf',
      'scale=1:1',
      '-pix_fmt',
      'rgb24',
      '-f',
      'rawvideo',
      '-',
    )
    const { data } = await sharp(at('wide.jpg')).resize(1, 1).raw().toBuffer({ resolveWithObject: true })
    for (const i of [0, 1, 2]) expect(Math.abs((data[i] ?? 0) - (reference[i] ?? 0))).toBeLessThan(4)
  })

  it('shows the moment that was asked for', async () => {
    const encoding = ['-vf', "drawbox=w=320:h=180:color=red:t=fill:enable='gte(t,1)'"]
    const input = await clip('turning.mp4', { seconds: 2, color: 'blue', encoding })
    await media.thumbnail({ input, output: at('first.jpg'), atSeconds: 0.2 })
    await media.thumbnail({ input, output: at('second.jpg'), atSeconds: 1.5 })
    expect((await look(at('first.jpg'))).dominant).toMatchObject({ r: 8, b: 248 })
    expect((await look(at('second.jpg'))).dominant).toMatchObject({ r: 248, b: 8 })
  })

  it('passes over black frames at the beginning', async () => {
    const encoding = ['-vf', "drawbox=w=320:h=180:color=black:t=fill:enable='lt(n,6)'"]
    await media.thumbnail({ input: await clip('fading.mp4', { color: 'white', encoding }), output: at('bright.jpg') })
    expect((await look(at('bright.jpg'))).dominant).toMatchObject({ r: 248 })
  })

  it.each([
    ['with', '12'],
    ['without', '250'],
  ])('passes over blurred frames and the end of a fade, %s keyframes to choose from', async (_, gop) => {
    const encoding = ['-g', gop, '-vf', "gblur=sigma=20:enable='lt(t,1.4)',lutyuv=y=val*0.1:enable='gt(t,2.2)'"]
    const input = await clip('focus.mp4', { seconds: 3, encoding })
    await media.thumbnail({ input, output: at('focused.jpg') })
    const sharpness = async (path: string) => (await sharp(path).stats()).sharpness
    await media.thumbnail({ input, output: at('soft.jpg'), atSeconds: 0.5 })
    await media.thumbnail({ input, output: at('clear.jpg'), atSeconds: 1.8 })
    expect(await sharpness(at('focused.jpg'))).toBeGreaterThan(0.8 * (await sharpness(at('clear.jpg'))))
    expect(await sharpness(at('focused.jpg'))).toBeGreaterThan(2 * (await sharpness(at('soft.jpg'))))
  })

  it('is upright', async () => {
    const stored = await clip('stored.mp4', { size: '180x320', tone: 0 })
    await ffmpeg('-display_rotation', '-90', '-i', stored, '-c', 'copy', at('turned.mp4'))
    await media.thumbnail({ input: at('turned.mp4'), output: at('turned.jpg') })
    expect(await look(at('turned.jpg'))).toMatchObject({ width: 320, height: 180 })
  })

  it('refuses a moment after the end, and sound alone', async () => {
    const input = await clip('brief.mp4')
    await expect(media.thumbnail({ input, output: at('none.jpg'), atSeconds: 9 })).rejects.toMatchObject({
      kind: 'unreadable',
    })
    await ffmpeg('-f', 'lavfi', '-i', 'sine=440:d=0.2', at('sound.wav'))
    await expect(media.thumbnail({ input: at('sound.wav'), output: at('none.jpg') })).rejects.toThrow('only sound')
  })
})

describe('imageThumbnail', () => {
  it('turns a photo upright and shrinks it', async () => {
    const photo = sharp({ create: { width: 2000, height: 1000, channels: 3, background: 'red' } })
    await photo.jpeg().withMetadata({ orientation: 6 }).toFile(at('phone.jpg'))
    await media.imageThumbnail({ input: at('phone.jpg'), output: at('phone-thumbnail.jpg') })
    expect(await look(at('phone-thumbnail.jpg'))).toMatchObject({ width: 320, height: 640, format: 'jpeg' })
  })

  it('does not enlarge, and puts white behind transparency', async () => {
    const logo = sharp({ create: { width: 100, height: 50, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } } })
    await logo.png().toFile(at('logo.png'))
    await media.imageThumbnail({ input: at('logo.png'), output: at('logo.jpg') })
    const seen = await look(at('logo.jpg'))
    expect(seen).toMatchObject({ width: 100, height: 50 })
    expect(seen.dominant).toMatchObject({ r: 248, g: 248, b: 248 })
  })

  it('refuses what is no picture, with a sentence', async () => {
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="/etc/hostname"/></svg>'
    for (const text of ['hello', svg]) {
      await writeFile(at('no-picture.jpg'), text)
      await expect(media.imageThumbnail({ input: at('no-picture.jpg'), output: at('none.jpg') })).rejects.toMatchObject(
        {
          kind: 'unreadable',
          message: "The picture can't be read. Send it as JPEG, PNG or WebP.",
        },
      )
    }
  })
})
