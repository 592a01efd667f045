import OpenAI from 'openai'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { FaultRule } from '../../simulator/index.ts'
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

async function ask(faults: FaultRule[], image = 'coffee.png', mime = 'image/png') {
  const { sim } = await simulate({ faults })
  const client = new OpenAI({ apiKey: 'a-key', baseURL: `${sim.url}/v1`, maxRetries: 0 })
  const url = `data:${mime};base64,${(await photo(image)).toString('base64')}`
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
  })
}

const storyboard = (action: 'invalid_json' | 'unknown_assets' | 'wrong_types' | 'refusal'): FaultRule => ({
  fault: { kind: 'storyboard', action },
})

describe('a storyboard, through the real client', () => {
  it('satisfies the schema and uses the campaign’s photos, types and durations', async () => {
    const completion = await ask([])
    const { scenes } = Storyboard.parse(JSON.parse(completion.choices[0]?.message.content ?? ''))
    expect(scenes).toHaveLength(5)
    expect(new Set(scenes.map(({ asset_ids }) => asset_ids.join())).size).toBe(5)
    expect(scenes.flatMap(({ asset_ids }) => asset_ids).every((id) => 'abc'.includes(id))).toBe(true)
    expect(scenes.every(({ scene_type }) => CAMPAIGN.property_types.includes(scene_type))).toBe(true)
    expect(scenes[0]).toMatchObject({ scene_type: 'kitchen', duration: 4, music_style: 'jazz' })
    expect(scenes[0]?.prompt).toContain('kitchen window')
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
  })

  it('is refused with a flat error: throttled, forbidden, or a picture that is none', async () => {
    const path = '/v1/chat/completions'
    const refusal = async (status: number) =>
      ask([{ match: { path }, fault: { kind: 'status', status } }]).catch((error: unknown) => error)
    expect(await refusal(429)).toMatchObject({ status: 429, error: 'Too many requests' })
    expect(await refusal(403)).toMatchObject({ status: 403, error: 'Forbidden' })
    const unreadable = await ask([], 'README.md').catch((error: unknown) => error)
    expect(unreadable).toMatchObject({ status: 400, error: expect.stringMatching(/only JPEG and PNG/) })
  })
})
