import { describe, expect, it } from 'vitest'
import { findModel, withDefaults } from '../../simulator/models.ts'
import { frameOf } from '../../simulator/render/frame.ts'
import { listen, probe, simulate } from './support.ts'

const AWKWARD = `He said: "it's 100% {done}" \\n [in] 'quotes'; <b>&amp;</b> %{pts} C:\\dir, 👩‍🚀 日本語 ${'and on '.repeat(40)}`

async function render(model: string, input: object) {
  const { replicate } = await simulate()
  const done = await replicate.wait(await replicate.predictions.create({ model, input }), { interval: 50 })
  expect(done).toMatchObject({ status: 'succeeded', error: null })
  return probe(String(done.output))
}

describe('a rendered clip', () => {
  it('of Veo 3.1 has exactly its frames, its size, and stereo sound', async () => {
    const photos = await listen()
    const [video, audio, ...others] = await render('google/veo-3.1', {
      prompt: AWKWARD,
      duration: 4,
      resolution: '720p',
      image: `${photos.url}/china.jpg?t=token&scene=3`,
      last_frame: `${photos.url}/astronaut.png`,
    })
    expect(video).toMatchObject({ codec_name: 'h264', width: 1280, height: 720, pix_fmt: 'yuv420p' })
    expect(video).toMatchObject({ r_frame_rate: '24/1', nb_read_frames: '96' })
    expect(audio).toMatchObject({ codec_name: 'aac', sample_rate: '48000', channels: 2 })
    expect(Number(audio?.duration)).toBeCloseTo(4, 1)
    expect(others).toEqual([])
  })

  it('of Hailuo has the first photo’s shape, 25 frames a second, and no sound', async () => {
    const photos = await listen()
    const streams = await render('minimax/hailuo-02', {
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
    const streams = await render('google/veo-3', input)
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
