import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { findModel, withDefaults } from '../../simulator/models.ts'
import { frameOf } from '../../simulator/render/frame.ts'
import { ended, listen, photo, probe, simulate, smallFrames } from './support.ts'

const AWKWARD = `He said: "it's 100% {done}" \\n [in] 'quotes'; <b>&amp;</b> %{pts} C:\\dir, 👩‍🚀 日本語 ${'and on '.repeat(40)}`

async function render(model: string, input: object) {
  const { replicate } = await simulate()
  const done = await replicate.wait(await replicate.predictions.create({ model, input }), { interval: 50 })
  expect(done).toMatchObject({ status: 'succeeded', error: null })
  return { streams: await probe(String(done.output)), url: String(done.output) }
}

/** A photo as it lies in a landscape frame, 32 × 18 pixels. */
async function smallPhoto(name: string): Promise<Uint8Array> {
  return sharp(await photo(name))
    .removeAlpha()
    .resize(32, 18, { fit: 'cover' })
    .raw()
    .toBuffer()
}

/** Mean difference of two small pictures below the caption (their lower 11 lines), 0 to 255. */
function difference(a: Uint8Array, b: Uint8Array): number {
  const begin = a.length - 11 * 32 * 3
  const lower = a.subarray(begin)
  return lower.reduce((sum, value, index) => sum + Math.abs(value - (b[begin + index] ?? 0)), 0) / lower.length
}

describe('a rendered clip', () => {
  it('of Veo 3.1 moves from the first photo to the last, in exactly its frames and size, with stereo sound', async () => {
    const photos = await listen()
    const { streams, url } = await render('google/veo-3.1', {
      prompt: AWKWARD,
      duration: 4,
      resolution: '720p',
      image: `${photos.url}/china.jpg?t=token&scene=3`,
      last_frame: `${photos.url}/coffee.png`,
    })
    const [video, audio, ...others] = streams
    expect(video).toMatchObject({ codec_name: 'h264', width: 1280, height: 720, pix_fmt: 'yuv420p' })
    expect(video).toMatchObject({ r_frame_rate: '24/1', nb_read_frames: '96' })
    expect(audio).toMatchObject({ codec_name: 'aac', sample_rate: '48000', channels: 2 })
    expect(Number(audio?.duration)).toBeCloseTo(4, 1)
    expect(others).toEqual([])

    const [first, soon, last] = await smallFrames(url, [0, 30, 95])
    const [pagoda, cup] = [await smallPhoto('china.jpg'), await smallPhoto('coffee.png')]
    if (!first || !soon || !last) throw new Error('frames are missing')
    expect(difference(first, pagoda)).toBeLessThan(difference(first, cup) / 3)
    expect(difference(last, cup)).toBeLessThan(difference(last, pagoda) / 3)
    expect(difference(first, soon)).toBeGreaterThan(5)
  })

  it('is ready-made in the fast mode, and shows which scene it is when scenes are to be told apart', async () => {
    const photos = await listen()
    const { replicate } = await simulate({ fast: 'scenes' })
    const scenes = await Promise.all(
      ['1', '2', '2', '..%2F3'].map(async (scene) => {
        const image = `${photos.url}/china.jpg?scene=${scene}`
        const input = { prompt: 'A quiet sea', duration: 4, resolution: '720p', generate_audio: false, image }
        const created = await replicate.predictions.create({ model: 'google/veo-3.1', input })
        const [frame] = await smallFrames(String((await ended(replicate, created)).output), [30])
        return frame ?? new Uint8Array()
      }),
    )
    const [one, two, again, unnamed] = scenes as [Uint8Array, Uint8Array, Uint8Array, Uint8Array]
    expect(difference(one, two)).toBeGreaterThan(10)
    expect(difference(two, again)).toBe(0)
    expect(difference(one, unnamed)).toBeGreaterThan(10)
  })

  it('of Hailuo has the first photo’s shape, 25 frames a second, and no sound', async () => {
    const photos = await listen()
    const { streams } = await render('minimax/hailuo-02', {
      prompt: '',
      resolution: '512p',
      first_frame_image: `${photos.url}/rocket.jpg`,
      last_frame_image: `${photos.url}/hubble_deep_field.jpg`,
    })
    expect(streams).toHaveLength(1)
    expect(streams[0]).toMatchObject({ width: 768, height: 512, r_frame_rate: '25/1', nb_read_frames: '150' })
  })

  it('is upright and silent when that is asked for, also without a photo', async () => {
    const input = { prompt: 'x', duration: 4, resolution: '720p', aspect_ratio: '9:16', generate_audio: false }
    const { streams } = await render('google/veo-3', input)
    expect(streams).toHaveLength(1)
    expect(streams[0]).toMatchObject({ width: 720, height: 1280, nb_read_frames: '96' })
  })
})

describe('the frame', () => {
  it.each([
    ['google/veo-3.1', { resolution: '1080p' }, null, [1920, 1080]],
    ['google/veo-3.1', { resolution: '1080p', aspect_ratio: '9:16' }, null, [1080, 1920]],
    ['minimax/hailuo-02', { resolution: '768p' }, null, [1366, 768]],
    ['minimax/hailuo-02', { resolution: '768p' }, { width: 640, height: 427 }, [1152, 768]],
    ['minimax/hailuo-02', { resolution: '1080p' }, { width: 500, height: 1000 }, [1080, 2160]],
  ])('of %s with %j and a first photo of %j', (name, input, first, size) => {
    const model = findModel(name)
    if (!model) throw new Error(name)
    const { width, height } = frameOf(model, withDefaults(model, input), first)
    expect([width, height]).toEqual(size)
  })
})
