import OpenAI from 'openai'
import sharp from 'sharp'
import { afterAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type FaultRule, type Simulator, startSimulator } from '../../simulator/index.ts'
import { photo, simulate } from './support.ts'

const Storyboard = z.strictObject({
  scenes: z.array(
    z.strictObject({
      title: z.string(),
      description: z.string(),
      prompt: z.string().min(10),
      duration: z.number(),
      transition: z.enum(['dissolve', 'hard_cut']),
      scene_type: z.string(),
      camera_movement: z.string(),
      motion_goal: z.string(),
      asset_ids: z.array(z.string()).min(2).max(2),
      music_description: z.string(),
      music_style: z.string(),
      music_energy: z.enum(['low', 'medium', 'high']),
    }),
  ),
})

const CAMPAIGN = {
  photos: [
    { id: 'a', name: 'kitchen_window.jpg', description: null, tags: ['kitchen'] },
    { id: 'b', name: 'Garden', description: 'A garden in spring', tags: [] },
    { id: 'c', name: 'cup.png', description: null, tags: ['coffee'] },
  ],
  scene_count: 5,
  clip_duration: 5,
  property_types: ['exterior', 'kitchen'],
  style: 'documentary',
  music_genre: 'jazz',
  campaign: { name: 'Spring', goal: null, brief: null },
  allowed_durations: [4, 6, 8],
}

const sim = await startSimulator({ fast: true })
afterAll(() => sim.stop())
const small = await sharp(await photo('coffee.png'))
  .resize(75)
  .png()
  .toBuffer()

/** @param more of the request, in place of what is usual */
async function ask(
  faults: FaultRule[],
  more = {},
  { picture = small, to = sim }: { picture?: Buffer; to?: Simulator } = {},
) {
  to.setFaults(faults)
  const client = new OpenAI({ apiKey: 'a-key', baseURL: `${to.url}/v1`, maxRetries: 0 })
  const url = `data:image/png;base64,${picture.toString('base64')}`
  return client.chat.completions.create({
    model: 'grok-4',
    messages: [
      { role: 'system', content: 'You write storyboards.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: `Write one.\n<campaign>${JSON.stringify(CAMPAIGN)}</campaign>` },
          ...CAMPAIGN.photos.map(() => ({ type: 'image_url' as const, image_url: { url } })),
        ],
      },
    ],
    response_format: {
      type: 'json_schema',
      json_schema: { name: 'storyboard', strict: true, schema: z.toJSONSchema(Storyboard) as Record<string, unknown> },
    },
    ...more,
  })
}

type Action = Extract<FaultRule['fault'], { kind: 'storyboard' }>['action']
const storyboard = (action: Action): FaultRule => ({ fault: { kind: 'storyboard', action } })

describe('a storyboard, through the real client', () => {
  it('satisfies the schema and uses the campaign’s photos, types and durations', async () => {
    const completion = await ask([])
    const { scenes } = Storyboard.parse(JSON.parse(completion.choices[0]?.message.content ?? ''))
    expect(scenes).toHaveLength(5)
    expect(new Set(scenes.map(({ asset_ids }) => asset_ids.join())).size).toBe(5)
    expect(scenes.flatMap(({ asset_ids }) => asset_ids).every((id) => 'abc'.includes(id))).toBe(true)
    expect(scenes.every(({ scene_type }) => CAMPAIGN.property_types.includes(scene_type))).toBe(true)
    // Hardly any of the photos says what it shows, so the others are guessed; the tour begins outside.
    expect(scenes.map(({ scene_type }) => scene_type)).toEqual([
      'exterior',
      'exterior',
      'kitchen',
      'kitchen',
      'kitchen',
    ])
    expect(scenes[2]).toMatchObject({ duration: 4, music_style: 'jazz' })
    // It looks: the cup of coffee is brown and wide.
    expect(scenes[2]?.prompt).toMatch(/kitchen window, a wide picture.* The light is \w+, warm/)
  })

  it('is as long as was asked for, as nearly as the allowed durations let it', async () => {
    const lengthOf = async (duration_seconds: number) => {
      const content = `<campaign>${JSON.stringify({ ...CAMPAIGN, duration_seconds })}</campaign>`
      const { choices } = await ask([], { messages: [{ role: 'user', content }] })
      const { scenes } = Storyboard.parse(JSON.parse(choices[0]?.message.content ?? ''))
      return scenes.reduce((sum, { duration }) => sum + duration, 0)
    }
    expect(await lengthOf(30)).toBe(30)
    expect(await lengthOf(100)).toBe(40)
  })

  it('is on the bill in tokens, pictures included', async () => {
    await sim.reset()
    const { usage } = await ask([])
    await ask([])
    const { chats, total_usd } = sim.bill()
    // Each of the three is one tile, and one more for the whole.
    expect(usage?.prompt_tokens).toBeGreaterThan(3 * 2 * 256)
    expect(chats).toMatchObject({ count: 2, prompt_tokens: 2 * (usage?.prompt_tokens ?? 0) })
    expect(chats.total_usd).toBeCloseTo((chats.prompt_tokens * 3 + chats.completion_tokens * 15) / 1e6, 5)
    expect(total_usd).toBe(0)
    await sim.reset()
    expect(sim.bill().chats.count).toBe(0)
  })

  it('goes wrong on demand', async () => {
    const contentOf = async (rule: FaultRule) => (await ask([rule])).choices[0]?.message
    const broken = await contentOf(storyboard('invalid_json'))
    expect(() => JSON.parse(broken?.content ?? '{}')).toThrow()
    const unknown = JSON.parse((await contentOf(storyboard('unknown_assets')))?.content ?? '')
    expect(Storyboard.parse(unknown).scenes[0]?.asset_ids).not.toContain('a')
    const wrong = JSON.parse((await contentOf(storyboard('wrong_types')))?.content ?? '')
    expect(Storyboard.safeParse(wrong).success).toBe(false)
    expect(await contentOf(storyboard('refusal'))).toMatchObject({
      content: null,
      refusal: expect.stringMatching(/can't help/),
    })
    const scenesOf = async (action: Action) => JSON.parse((await contentOf(storyboard(action)))?.content ?? '').scenes
    expect(await scenesOf('too_many')).toHaveLength(15)
    expect(await scenesOf('too_few')).toHaveLength(4)
    expect((await scenesOf('too_long'))[0].duration).toBe(600)
    expect((await scenesOf('wrong_scene_types'))[0].scene_type).toBe('secret_room')
    const obeyed = Storyboard.parse({ scenes: await scenesOf('obey') }).scenes[0]
    expect(obeyed?.title).toContain('<script')
    expect(obeyed?.prompt.length).toBeGreaterThan(20_000)
  })

  it('breaks off, by a fault or by the limit of its tokens', async () => {
    for (const [faults, more] of [
      [[storyboard('truncated')], {}],
      [[], { max_completion_tokens: 20 }],
    ] as const) {
      const { choices } = await ask([...faults], more)
      expect(choices[0]?.finish_reason).toBe('length')
      expect(() => JSON.parse(choices[0]?.message.content ?? '{}')).toThrow()
    }
    expect((await ask([storyboard('content_filter')])).choices[0]).toMatchObject({
      finish_reason: 'content_filter',
      message: { content: null },
    })
  })

  it('is refused with a flat error: throttled, forbidden, or a picture that is none', async () => {
    const path = '/v1/chat/completions'
    const refusal = async (status: number) =>
      ask([{ match: { path }, fault: { kind: 'status', status } }]).catch((error: unknown) => error)
    expect(await refusal(429)).toMatchObject({ status: 429, error: 'Too many requests' })
    const { headers } = (await refusal(429)) as { headers: Headers }
    expect(headers.get('retry-after')).toBe('1')
    expect(await refusal(403)).toMatchObject({ status: 403, error: 'Forbidden' })
    expect(await refusal(402)).toMatchObject({
      status: 402,
      error: expect.stringMatching(/used all available credits/),
    })
    const unreadable = await ask([], {}, { picture: await photo('README.md') }).catch((error: unknown) => error)
    expect(unreadable).toMatchObject({ status: 400, error: expect.stringMatching(/only JPEG and PNG/) })
  })

  it('takes its own key, its own models and a schema that is one', async () => {
    const { sim: keyed } = await simulate({ fast: true, xaiKey: 'another' })
    const refused = (promise: Promise<unknown>) => promise.catch((error: unknown) => error)
    const wrongKey = await refused(ask([], {}, { to: keyed }))
    expect(wrongKey).toMatchObject({
      status: 400,
      error: expect.stringMatching(/^Incorrect API key provided: a-\*\*\*ey/),
    })
    const unknown = await refused(ask([], { model: 'grok-9' }))
    expect(unknown).toMatchObject({ status: 404, error: expect.stringMatching(/grok-9 does not exist/) })
    const json_schema = { name: 'list', schema: { type: 'array' } }
    const noObject = { response_format: { type: 'json_schema', json_schema } }
    expect(await refused(ask([], noObject))).toMatchObject({ status: 422 })
    const client = new OpenAI({ apiKey: 'another', baseURL: `${keyed.url}/v1`, maxRetries: 0 })
    expect((await client.models.list()).data.map(({ id }) => id)).toContain('grok-4')
  })
})
