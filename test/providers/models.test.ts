import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  DRAFT_MODEL,
  resolveVideoModel,
  snapDuration,
  type VideoRequest,
  videoModels,
  videoPriceMicroUsd,
} from '../../providers/models.ts'
import { buildMusic, musicModel, musicPriceMicroUsd } from '../../providers/music-models.ts'
import { ProviderError } from '../../providers/ports.ts'
import { carriesToken, seedFromToken } from '../../providers/purchase-token.ts'
import { buildVoice, voiceModel, voicePriceMicroUsd } from '../../providers/voice-models.ts'

const REQUEST: VideoRequest = {
  prompt: 'A slow push in.',
  durationSeconds: 6,
  aspectRatio: '16:9',
  firstFrameUrl: 'https://example.com/first?t=abc',
  lastFrameUrl: 'https://example.com/last?t=abc',
  seed: 7,
}
const MUSIC = `meta/musicgen:${'0'.repeat(64)}`

describe('a video model', () => {
  it.each([
    ['veo3', 'veo3'],
    ['VEO-3', 'veo3'],
    ['google/veo-3', 'veo3'],
    ['veo3.1', 'veo3'],
    ['google/veo-3.1', 'veo3'],
    ['hilua-2.5', 'hailuo-02'],
    ['Hailuo-02', 'hailuo-02'],
    ['hailuo-2.5', 'hailuo-02'],
    [' minimax/hailuo-02 ', 'hailuo-02'],
    ['minimax/hailuo-2.3', 'hailuo-2.3'],
    ['google/veo-3.1-fast', 'veo-3.1-fast'],
    ['Seedance', 'seedance-1-pro'],
  ])('is found as %s', (name, key) => {
    expect(resolveVideoModel(name).key).toBe(key)
  })

  it('is asked for by a name that is not known: the sentence says which are', () => {
    expect(() => resolveVideoModel('sora-2')).toThrow('"sora-2" is not known. Known are: veo3, veo-3.1-fast, hailuo-02')
  })

  it('has names that no other one has, and a price for every length at the resolution that is bought', () => {
    const names = videoModels().flatMap(({ key, aliases }) => [key, ...aliases])
    expect(new Set(names).size).toBe(names.length)
    for (const model of videoModels()) {
      for (const seconds of model.durations) expect(videoPriceMicroUsd(model, seconds), model.key).toBeGreaterThan(0)
    }
  })

  it.each([
    ['hailuo-02', 5, 6],
    ['hailuo-02', 6, 6],
    ['hailuo-02', 6.5, 10],
    ['hailuo-02', 30, 10],
    ['veo3', 5, 6],
    ['veo3', 1, 4],
    ['veo3', 8.1, 8],
  ])('%s renders for someone who asks for %d s the next duration it has, %d s', (name, asked, rendered) => {
    expect(snapDuration(resolveVideoModel(name), asked)).toBe(rendered)
  })

  it('renders any duration asked for as one that its own schema accepts', () => {
    const names = fc.constantFrom(...videoModels().map(({ key }) => key))
    fc.assert(
      fc.property(names, fc.double({ min: 0.1, max: 100, noNaN: true }), (name, asked) => {
        const model = resolveVideoModel(name)
        const durationSeconds = snapDuration(model, asked)
        expect(model.durations).toContain(durationSeconds)
        expect(() => model.build({ ...REQUEST, durationSeconds })).not.toThrow()
        expect(durationSeconds >= asked || durationSeconds === Math.max(...model.durations)).toBe(true)
      }),
    )
  })

  it('veo3 goes from the first picture to the last with Veo 3.1, silently', () => {
    expect(resolveVideoModel('veo3').build(REQUEST)).toEqual({
      model: 'google/veo-3.1',
      input: {
        prompt: 'A slow push in.',
        image: 'https://example.com/first?t=abc',
        last_frame: 'https://example.com/last?t=abc',
        aspect_ratio: '16:9',
        duration: 6,
        resolution: '720p',
        generate_audio: false,
        seed: 7,
      },
    })
  })

  it('veo3 with one picture is the same model, without a last frame', () => {
    const { model, input } = resolveVideoModel('veo3').build({ ...REQUEST, lastFrameUrl: null })
    expect(model).toBe('google/veo-3.1')
    expect(input).not.toHaveProperty('last_frame')
  })

  it('hailuo-02 renders the approved prompt as it is, and has no seed', () => {
    expect(resolveVideoModel('hailuo-02').build(REQUEST)).toEqual({
      model: 'minimax/hailuo-02',
      input: {
        prompt: 'A slow push in.',
        first_frame_image: 'https://example.com/first?t=abc',
        last_frame_image: 'https://example.com/last?t=abc',
        duration: 6,
        resolution: '768p',
        prompt_optimizer: false,
      },
    })
  })

  it('hailuo-2.3 takes no last frame, and says so', () => {
    const model = resolveVideoModel('hailuo-2.3')
    expect(model.lastFrame).toBe(false)
    expect(model.build(REQUEST)).toEqual({
      model: 'minimax/hailuo-2.3',
      input: {
        ...{ prompt: 'A slow push in.', first_frame_image: REQUEST.firstFrameUrl },
        ...{ duration: 6, resolution: '768p', prompt_optimizer: false },
      },
    })
  })

  it.each([
    ['seedance-1-pro', '1080p'],
    ['seedance-1-pro-480p', '480p'],
  ])('%s goes from the first picture to the last at %s', (key, resolution) => {
    expect(resolveVideoModel(key).build({ ...REQUEST, durationSeconds: 7 })).toEqual({
      model: 'bytedance/seedance-1-pro',
      input: {
        ...{ prompt: 'A slow push in.', image: REQUEST.firstFrameUrl, last_frame_image: REQUEST.lastFrameUrl },
        ...{ duration: 7, resolution, aspect_ratio: '16:9', fps: 24, camera_fixed: false, seed: 7 },
      },
    })
  })

  it('has drafts of just its own lengths, for less', () => {
    for (const model of videoModels()) {
      for (const seconds of model.durations) {
        expect(snapDuration(DRAFT_MODEL, seconds), `${model.key}, ${seconds} s`).toBe(seconds)
        expect(videoPriceMicroUsd(DRAFT_MODEL, seconds)).toBeLessThanOrEqual(videoPriceMicroUsd(model, seconds))
      }
    }
  })

  it.each([
    ['a duration it does not have', { durationSeconds: 5 }, 'duration'],
    ['a prompt that is too long', { prompt: 'x'.repeat(2001) }, 'prompt'],
    ['a picture that is no web address', { firstFrameUrl: 'file:///etc/passwd' }, 'first_frame_image'],
  ])('refuses %s before it is paid for', (_, change, field) => {
    const build = () => resolveVideoModel('hailuo-02').build({ ...REQUEST, ...change })
    expect(build).toThrow(ProviderError)
    expect(build).toThrow(field)
  })

  it('has a price for what it renders', () => {
    expect(videoPriceMicroUsd(resolveVideoModel('veo3'), 8)).toBe(1_600_000)
    expect(videoPriceMicroUsd(resolveVideoModel('hailuo-02'), 6)).toBe(270_000)
    expect(videoPriceMicroUsd(resolveVideoModel('hailuo-2.3'), 10)).toBe(560_000)
    expect(videoPriceMicroUsd(DRAFT_MODEL, 6)).toBe(180_000)
  })
})

describe('the music model', () => {
  it('starts anew from the prompt', () => {
    const order = buildMusic(musicModel(MUSIC), {
      prompt: 'calm piano',
      durationSeconds: 6,
      seed: 9,
      continuation: null,
    })
    expect(order.model).toBe(MUSIC)
    expect(order.input).toMatchObject({ prompt: 'calm piano', duration: 6, continuation: false, seed: 9 })
    expect(order.input).not.toHaveProperty('input_audio')
  })

  it('goes on from a segment, whose seconds count', () => {
    const continuation = { url: 'https://example.com/tail.wav', durationSeconds: 3.2 }
    const { input } = buildMusic(musicModel(MUSIC), { prompt: 'calm piano', durationSeconds: 6, seed: 9, continuation })
    expect(input).toMatchObject({ continuation: true, input_audio: continuation.url, duration: 10 })
  })

  it('refuses more than MusicGen can hold together', () => {
    const continuation = { url: 'https://example.com/tail.wav', durationSeconds: 5 }
    const build = () => buildMusic(musicModel(MUSIC), { prompt: 'calm', durationSeconds: 26, seed: 9, continuation })
    expect(build).toThrow(ProviderError)
    expect(musicModel(MUSIC).maxSeconds).toBe(30)
  })

  it.each(['meta/musicgen', 'lucataco/ace-step:abc', ''])('refuses %j as a setting, naming MUSIC_MODEL', (name) => {
    expect(() => musicModel(name)).toThrow('MUSIC_MODEL')
  })

  it('has a price in whole micro-USD', () => {
    expect(Number.isInteger(musicPriceMicroUsd())).toBe(true)
  })
})

describe('the token of a purchase', () => {
  const tokens = fc.base64String({ minLength: 22, maxLength: 32 })

  it('is found again in what was bought, and in nothing else', () => {
    fc.assert(
      fc.property(tokens, tokens, (token, other) => {
        fc.pre(token !== other)
        const firstFrameUrl = `https://example.com/a/data?t=${encodeURIComponent(token)}`
        const order = { ...REQUEST, firstFrameUrl, seed: seedFromToken(token) }
        const { input } = resolveVideoModel('veo3').build(order)
        expect(carriesToken(input, token)).toBe(true)
        expect(carriesToken(input, other)).toBe(seedFromToken(other) === seedFromToken(token))
      }),
    )
  })

  it('is found by its URL where there is no seed', () => {
    const { input } = resolveVideoModel('hailuo-02').build({ ...REQUEST, lastFrameUrl: null })
    expect(carriesToken(input, 't=abc')).toBe(true)
    expect(carriesToken(input, 't=xyz')).toBe(false)
    expect(carriesToken({}, 't=abc')).toBe(false)
  })

  it('makes a seed that MusicGen accepts', () => {
    fc.assert(
      fc.property(tokens, (token) => {
        const seed = seedFromToken(token)
        expect(Number.isInteger(seed) && seed >= 1 && seed <= 0xffff_ffff).toBe(true)
      }),
    )
  })
})

describe('a voice-over', () => {
  const speaker = voiceModel('resemble-ai/chatterbox-pro')

  it('is bought with what the model takes, in its usual voice unless another is asked for', () => {
    const input = { prompt: 'Good morning', voice: 'Luna', seed: 9 }
    const request = { text: 'Good morning', voice: null, seed: 9 }
    expect(buildVoice(speaker, request)).toEqual({ model: 'resemble-ai/chatterbox-pro', input })
    expect(buildVoice(speaker, { ...request, voice: 'Orion' }).input).toEqual({ ...input, voice: 'Orion' })
    expect(() => buildVoice(speaker, { ...request, voice: 'Darth' })).toThrow(/voice/)
  })

  it('is priced by the character, as people count them', () => {
    expect(voicePriceMicroUsd(speaker, 'a'.repeat(600))).toBe(24_000)
    expect(voicePriceMicroUsd(speaker, '👋')).toBe(40)
  })

  it('refuses a model that is not known, naming VOICE_MODEL', () => {
    expect(() => voiceModel('minimax/speech-02-turbo')).toThrow('VOICE_MODEL')
  })
})
