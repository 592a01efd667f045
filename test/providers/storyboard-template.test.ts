import { describe, expect, it } from 'vitest'
import type { StoryboardBrief } from '../../domain/storyboard.ts'
import { createTemplateWriter } from '../../providers/storyboard-template.ts'
import { sampleBrief, samplePhoto, samplePhotos } from '../support/sample-brief.ts'

const TYPES = ['exterior', 'interior', 'kitchen', 'bedroom', 'bathroom', 'living_room']

async function write(changes: Partial<StoryboardBrief> = {}) {
  const { scenes, source } = await createTemplateWriter().write(sampleBrief(changes), () => expect.fail('it looked'))
  expect(source).toBe('template')
  return scenes
}
const pairs = async (changes: Partial<StoryboardBrief>) => (await write(changes)).map(({ asset_ids }) => asset_ids)

describe('the template writer', () => {
  it('pairs each photo with the next one, every photo once when there are enough', async () => {
    expect(await pairs({})).toEqual([
      ['p0', 'p1'],
      ['p2', 'p3'],
      ['p4', 'p5'],
      ['p6', 'p7'],
    ])
  })

  it('chains the pairs when there are fewer photos, and shows a single one alone', async () => {
    expect(await pairs({ photos: samplePhotos(4), sceneCount: 3 })).toEqual([
      ['p0', 'p1'],
      ['p1', 'p2'],
      ['p2', 'p3'],
    ])
    expect(await pairs({ photos: samplePhotos(1), sceneCount: 2 })).toEqual([
      ['p0', 'p0'],
      ['p0', 'p0'],
    ])
  })

  it('visits a property from outside in, by what the photos are called, keeping to one room a scene', async () => {
    const scenes = await write({
      jobType: 'property_photos',
      propertyTypes: ['kitchen', 'exterior', 'living_room', 'bedroom'],
      sceneCount: 4,
      photos: [
        samplePhoto('a', { name: 'Master Bedroom.jpg' }),
        samplePhoto('b', { tags: ['Kitchen', 'interior'] }),
        samplePhoto('c', { description: 'The sofa by the fireplace in the evening.' }),
        samplePhoto('d', { name: 'front-facade.png' }),
        samplePhoto('e', { name: 'kitchen_2.jpg' }),
        samplePhoto('f', { tags: ['garden'] }),
        samplePhoto('g', { name: 'living room.jpg' }),
        samplePhoto('h', { tags: ['bedroom'] }),
      ],
    })
    expect(scenes.map(({ scene_type, asset_ids }) => [scene_type, ...asset_ids])).toEqual([
      ['exterior', 'd', 'f'],
      ['kitchen', 'b', 'e'],
      ['living_room', 'c', 'g'],
      ['bedroom', 'a', 'h'],
    ])
    expect(scenes.map(({ title }) => title)).toEqual(['Exterior', 'Kitchen', 'Living room', 'Bedroom'])
  })

  it('ends a scene in the room it began in, even when that room’s other photo came before', async () => {
    const rooms = ['kitchen', 'kitchen', 'bedroom', 'bedroom']
    const scenes = await write({
      jobType: 'property_photos',
      propertyTypes: ['kitchen', 'bedroom'],
      photos: rooms.map((tag, index) => samplePhoto(`p${index}`, { tags: [tag] })),
    })
    expect(scenes.map(({ asset_ids }) => asset_ids)).toEqual([
      ['p0', 'p1'],
      ['p1', 'p0'],
      ['p2', 'p3'],
      ['p3', 'p2'],
    ])
  })

  it('spreads photos that say nothing over the allowed types, in order', async () => {
    const scenes = await write({
      jobType: 'property_photos',
      propertyTypes: TYPES,
      sceneCount: 6,
      photos: samplePhotos(6),
    })
    expect(scenes.map(({ scene_type }) => scene_type)).toEqual(TYPES)
  })

  it('uses what people wrote about photos, and never a camera’s file name', async () => {
    const [scene] = await write({
      photos: [
        samplePhoto('1234', { description: 'A red canoe at the jetty.' }),
        samplePhoto('5', { name: 'sunset_over-lake.heic' }),
      ],
      sceneCount: 1,
    })
    expect(scene?.prompt).toContain('the first picture (a red canoe at the jetty) and arrives on')
    expect(scene?.prompt).toContain('the last one (sunset over lake).')
    expect(scene?.description).toBe('Establishes where we are: a red canoe at the jetty, then sunset over lake.')
    const byCameras = [
      samplePhoto('1', { name: 'DSC0012.JPG' }),
      samplePhoto('2', { name: 'IMG-20260101-WA0007.jpeg' }),
    ]
    const [silent] = await write({ photos: byCameras, sceneCount: 1 })
    expect(silent?.prompt).toContain('exactly the first picture and arrives on exactly the last one.')
  })

  it('speaks of the first photo alone where the model takes no other', async () => {
    const photos = [samplePhoto('1', { name: 'jetty.jpg' }), samplePhoto('2', { name: 'lake.jpg' })]
    const [scene] = await write({ photos, sceneCount: 1, firstPhotoOnly: true })
    expect(scene?.asset_ids).toEqual(['1', '2'])
    expect(scene?.prompt).toContain('It starts on exactly the picture (jetty) and stays with it.')
    expect(`${scene?.prompt} ${scene?.motion_goal} ${scene?.description}`).not.toMatch(/lake/)
  })

  it('tells the campaign’s story and its purpose', async () => {
    const scenes = await write({ jobType: 'campaign', goal: 'Rent it out for the summer.', sceneCount: 3 })
    expect(scenes.map(({ title }) => title)).toEqual(['Lake House: opening', 'Lake House: peak', 'Lake House: closing'])
    expect(scenes[0]?.description).toContain('Its purpose: Rent it out for the summer.')
  })

  it('lets the music rise and come to rest, in the genre that was asked for', async () => {
    const scenes = await write({ sceneCount: 6, musicGenre: 'acoustic folk' })
    expect(scenes.map(({ music_energy }) => music_energy)).toEqual(['low', 'medium', 'medium', 'high', 'high', 'calm'])
    for (const scene of scenes) expect(scene.music_style).toBe('acoustic folk')
  })
})
