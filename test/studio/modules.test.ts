/** Modules of the studio that reckon, and need no browser for it. */
import { describe, expect, it } from 'vitest'
import { videoModelJson, voiceModelJson } from '../../api/models/model-json.ts'
import type { Config } from '../../config.ts'
import { type JobSettings, MOST_VARIANTS, USUAL_VOICE_MODEL } from '../../domain/settings.ts'
import { estimateMicroUsd, sceneEstimateMicroUsd } from '../../providers/estimate.ts'
import { snapDuration, videoModels } from '../../providers/models.ts'
import { voiceModel } from '../../providers/voice-models.ts'
import { SAMPLE_SETTINGS } from '../support/sample-settings.ts'

const load = (name: string) => import(new URL(`../../web/${name}`, import.meta.url).href)

describe('answers', () => {
  it('are old once a later question was answered, and not because one was asked', async () => {
    const { inOrder } = await load('in-order.js')
    const ask = inOrder()
    const [first, second, third] = [ask(), ask(), ask()]
    expect([first(), third(), second(), ask()()]).toEqual([true, true, false, true])
  })
})

it('what is counted is said in the singular when there is one', async () => {
  const { counted } = await load('format.js')
  expect([0, 1, 2].map((count) => counted(count, 'scene'))).toEqual(['0 scenes', '1 scene', '2 scenes'])
})

describe("a scene's fields", () => {
  const scene = { title: 'One', prompt: null, description: 'Along', duration: 4, transition: 'cut', overlays: [] }

  it('keep a scene moving freely, which the API tells by the same photo twice', async () => {
    const { fieldsOf, changed } = await load('parts/scene-fields.js')
    const before = fieldsOf({ ...scene, asset_ids: ['a', 'a'] })
    expect(before.asset_ids).toEqual(['a'])
    expect(changed({ ...before, title: 'Two' }, before)).toEqual({ title: 'Two' })
    expect(changed({ ...before, asset_ids: ['a', 'b'] }, before)).toEqual({ asset_ids: ['a', 'b'] })
  })
})

describe('the price of a film whose scene is being edited', () => {
  const config = { videoModel: 'veo3' } as Config
  const models = [
    ...videoModels().map((model) => videoModelJson(model, config)),
    voiceModelJson(voiceModel(USUAL_VOICE_MODEL)),
  ]
  const usd = (microUsd: number) => microUsd / 1_000_000

  it.each(
    videoModels().flatMap((model) => [
      { model, name: model.key, auto: true },
      { model, name: model.key, auto: false },
    ]),
  )('is what the server will say: $name, with music: $auto', async ({ model, auto }) => {
    const { costWith } = await load('parts/estimate.js')
    const settings = { ...SAMPLE_SETTINGS, videoModel: model.key, music: { ...SAMPLE_SETTINGS.music, auto } }
    const [shortest = 0] = model.durations
    const scene = (duration: number, voiceOver: string | null) => ({ duration, voiceOver })
    const scenes = [scene(shortest, 'Come in. 🏡'), scene(shortest, null)]
    const shown = scenes.map((one) => {
      const estimated_cost = usd(sceneEstimateMicroUsd(settings, one))
      return { duration: one.duration, voice_over: one.voiceOver, estimated_cost }
    })
    const estimated = usd(estimateMicroUsd(settings, scenes))
    const job = {
      video_model: model.key,
      quality: 'final',
      parameters: {},
      costs: { estimated },
      storyboard: { scenes: shown },
    }

    for (const asked of [1, shortest + 1, 60]) {
      const now = scene(snapDuration(model, asked), 'And stay')
      const edited = usd(estimateMicroUsd(settings, [now, ...scenes.slice(1)]))
      expect(costWith(job, models, shown[0], { duration: asked, voice_over: 'And stay' }).film).toBeCloseTo(edited, 6)
      const added = usd(estimateMicroUsd(settings, [...scenes, now]))
      expect(costWith(job, models, undefined, { duration: asked, voice_over: 'And stay' }).film).toBeCloseTo(added, 6)
    }
    expect(costWith(job, models, shown[0], { voice_over: 'Come in. 🏡' }).film).toBeCloseTo(estimated, 6)
    expect(costWith(job, [], shown[0], shown[0])).toBeNull()
  })

  it.each(
    videoModels().flatMap((model) => [
      { model, name: model.key, quality: 'final' as const },
      { model, name: model.key, quality: 'draft' as const },
    ]),
  )('is so too with a scene by $name, of which several clips are bought: $quality', async ({ model, quality }) => {
    const { costWith, clipPrice } = await load('parts/estimate.js')
    const settings: JobSettings = { ...SAMPLE_SETTINGS, quality, variants: 2 }
    const like = { duration: 6, voiceOver: null, model: 'hailuo-02', variants: 3 }
    const [before, last] = [{ duration: 4, voiceOver: null, model: null, variants: null }, like]
    const shown = [before, last].map((one) => ({
      ...{ duration: one.duration, voice_over: null, model: one.model, variants: one.variants },
      estimated_cost: usd(sceneEstimateMicroUsd(settings, one)),
    }))
    const job = {
      ...{ video_model: settings.videoModel, quality, parameters: { variants: '2' } },
      costs: { estimated: usd(estimateMicroUsd(settings, [before, last])) },
      storyboard: { scenes: shown },
    }
    for (const variants of [null, 4]) {
      const now = { duration: 5, voice_over: null, model: model.key, variants }
      const wished = { ...now, duration: snapDuration(model, 5), voiceOver: null }
      const scene = usd(sceneEstimateMicroUsd(settings, wished))
      expect(clipPrice(job, models, now) * (variants ?? 2)).toBeCloseTo(scene, 6)
      const edited = costWith(job, models, shown[0], now)
      expect(edited.scene).toBeCloseTo(scene, 6)
      expect(edited.film).toBeCloseTo(usd(estimateMicroUsd(settings, [wished, last])), 6)
      const added = costWith(job, models, undefined, now)
      expect(added.film).toBeCloseTo(usd(estimateMicroUsd(settings, [before, last, wished])), 6)
    }
  })
})

it('as many clips of a scene can be chosen as the API has bought', async () => {
  expect((await load('parts/scene-fields.js')).MOST_VARIANTS).toBe(MOST_VARIANTS)
})
