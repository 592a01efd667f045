import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isSamePicture, LOOK_VERSION, type PhotoLook } from '../../domain/photo-look.ts'
import type { StoryboardBrief, StoryboardPhoto } from '../../domain/storyboard.ts'
import { filmProblems } from '../../providers/film-problems.ts'
import { mendFilm } from '../../providers/mend-film.ts'
import { notePhotos } from '../../providers/plan/note-photos.ts'
import { faultsOf } from '../../providers/plan/photo-faults.ts'
import { prepareBrief } from '../../providers/plan/prepare-brief.ts'
import { createTemplateWriter } from '../../providers/storyboard-template.ts'
import { sampleBrief, samplePhoto } from '../support/sample-brief.ts'

const TYPES = ['exterior', 'interior', 'kitchen', 'bedroom', 'bathroom', 'living_room']

/** Each number is another colour, and so another picture. */
function look(picture: number, about: Partial<PhotoLook> = {}): PhotoLook {
  const nibbles = Array.from({ length: 16 }, (_, place) => ((picture >> (place % 8)) & 1 ? 'f' : '0'))
  const colors = Array.from({ length: 64 }, (_, bin) => (bin === picture % 64 ? 'ff' : '00')).join('')
  const usual = { version: LOOK_VERSION, hash: nibbles.join(''), colors, sharpness: 0.8, brightness: 0.5 } as const
  return { ...usual, ...about }
}

const photo = (id: string, about: Partial<StoryboardPhoto> = {}) => samplePhoto(id, { look: null, ...about })
const brief = (changes: Partial<StoryboardBrief> = {}) => sampleBrief({ photos: [], ...changes })

/** As the activity does it. */
async function plan(given: StoryboardBrief) {
  const { brief: prepared, leftOut } = prepareBrief(given)
  const written = await createTemplateWriter().write(prepared, () => expect.fail('it looked'))
  const notes = notePhotos(given.photos, written.scenes, { types: written.photos, leftOut, film: given.aspectRatio })
  return { ...written, pairs: written.scenes.map(({ asset_ids }) => asset_ids), prepared, notes }
}

const text = fc.string({ unit: 'grapheme', maxLength: 60 })
const named = fc.oneof(text, fc.constantFrom('kitchen.jpg', 'BadezimmerOben.png', '厨房', 'garage', 'IMG_0001.jpg', ''))
const anyLook = fc.option(
  fc.record({
    picture: fc.integer({ min: 0, max: 12 }),
    sharpness: fc.option(fc.double({ min: 0, max: 1.2, noNaN: true })),
    brightness: fc.double({ min: 0, max: 1, noNaN: true }),
  }),
)
const side = fc.option(fc.integer({ min: 0, max: 12_000 }))
const anyPhoto = fc
  .record({
    ...{ name: named, description: fc.option(text), tags: fc.array(named, { maxLength: 4 }) },
    ...{ width: side, height: side, seen: anyLook },
  })
  .map(({ seen, ...rest }) => ({ ...rest, look: seen && look(seen.picture, seen) }))
const anyBrief = fc
  .record({
    jobType: fc.constantFrom('image_pairs' as const, 'property_photos' as const, 'campaign' as const),
    ...{ campaignName: text, goal: fc.option(text), brief: fc.option(text), style: fc.option(text) },
    musicGenre: fc.option(text),
    sceneCount: fc.integer({ min: 1, max: 40 }),
    durations: fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 5 }),
    types: fc.uniqueArray(fc.oneof(fc.constantFrom(...TYPES, 'Roof Terrace', 'Küche', '浴室'), text), {
      ...{ minLength: 1, maxLength: 8 },
    }),
    photos: fc.array(anyPhoto, { maxLength: 60 }).map((all) => all.map((about, index) => photo(`p${index}`, about))),
    aspectRatio: fc.constantFrom('16:9' as const, '9:16' as const, '1:1' as const),
    ...{ hasOwnOrder: fc.boolean(), scenesFollowPhotos: fc.boolean() },
  })
  .map(({ durations, types, ...rest }) => {
    const allowedDurations = durations.toSorted((a, b) => a - b)
    const propertyTypes = rest.jobType === 'property_photos' ? types.filter((type) => type.trim() !== '') : null
    return brief({ ...rest, propertyTypes, allowedDurations, clipDuration: allowedDurations[0] as number })
  })

describe('the planner', () => {
  it('makes of any photos, counts, types and durations a film that can be rendered', async () => {
    await fc.assert(
      fc.asyncProperty(anyBrief, async (given) => {
        if (given.photos.length === 0) {
          await expect(plan(given)).rejects.toThrow(/at least one photo/)
          return
        }
        const { scenes, pairs, photos = [], prepared, notes } = await plan(given)
        const ids = new Set(given.photos.map(({ id }) => id))
        const unplaced = new Set(photos.filter(({ type }) => type === null).map(({ id }) => id))
        const placed = prepared.photos.filter(({ id }) => !unplaced.has(id))

        // As many as were asked for; fewer only where nobody asked.
        if (given.scenesFollowPhotos) expect(scenes.length).toBeLessThanOrEqual(given.sceneCount)
        else expect(scenes).toHaveLength(given.sceneCount)
        expect(scenes.length).toBeGreaterThan(0)

        for (const [first, last] of pairs) {
          expect(ids.has(first) && ids.has(last)).toBe(true)
          if (placed.length > 1) expect(first).not.toBe(last)
        }
        // No scene begins on a photo twice as long as there is another.
        expect(new Set(pairs.map(([first]) => first)).size).toBe(Math.min(scenes.length, placed.length))
        for (const scene of scenes) {
          expect(given.allowedDurations).toContain(scene.duration)
          if (given.propertyTypes?.length) expect(given.propertyTypes).toContain(scene.scene_type)
          for (const value of Object.values(scene)) if (typeof value === 'string') expect(value.trim()).not.toBe('')
          expect(scene.prompt.length).toBeLessThan(2000)
        }
        for (const { type, confidence } of photos) {
          expect(type === null || given.propertyTypes?.includes(type)).toBe(true)
          expect(confidence).toBeGreaterThanOrEqual(0)
          expect(confidence).toBeLessThanOrEqual(1)
        }
        // What a language model's storyboard is refused for, and what is mended of it.
        const judged = photos.filter(({ confidence }) => confidence > 0)
        const mended = mendFilm(scenes, prepared, judged)
        expect(mended).toEqual(scenes)
        expect(filmProblems({ scenes, mended }, prepared, judged)).toEqual([])
        // What is told to be left out is.
        const shown = new Set<string>(pairs.flat())
        for (const { id, leftOut } of notes) if (leftOut !== null) expect(shown.has(id)).toBe(false)
        expect(await plan(given)).toEqual({
          scenes,
          pairs,
          photos: photos.length > 0 ? photos : undefined,
          prepared,
          notes,
          source: 'template',
        })
      }),
      { numRuns: 60 },
    )
  })

  it('shows no picture twice while there are enough, and never one beside itself', async () => {
    const some = fc.record({
      pictures: fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 2, maxLength: 40 }),
      sceneCount: fc.integer({ min: 1, max: 12 }),
      scenesFollowPhotos: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(some, async ({ pictures, ...rest }) => {
        const photos = pictures.map((picture, index) => photo(`p${index}`, { look: look(picture) }))
        const { pairs } = await plan(brief({ ...rest, photos }))
        const pictureOf = (id: string) => pictures[Number(id.slice(1))]
        const different = new Set(pictures).size
        const begun = pairs.map(([first]) => pictureOf(first))
        if (different >= 2) for (const [first, last] of pairs) expect(pictureOf(first)).not.toBe(pictureOf(last))
        if (different >= pairs.length) expect(new Set(begun).size).toBe(begun.length)
        if (different >= 2 * pairs.length) expect(new Set(pairs.flat().map(pictureOf)).size).toBe(2 * pairs.length)
      }),
      { numRuns: 60 },
    )
  })

  it('keeps photos that somebody named in their order, each of them once', async () => {
    const named = fc.record({
      photos: fc.array(anyPhoto, { minLength: 2, maxLength: 24 }),
      sceneCount: fc.integer({ min: 1, max: 23 }),
    })
    await fc.assert(
      fc.asyncProperty(named, async ({ photos: all, sceneCount }) => {
        const photos = all.map((about, index) => photo(`p${index}`, about))
        const { pairs } = await plan(brief({ photos, sceneCount, hasOwnOrder: true }))
        const places = pairs.flat().map((id) => Number(id.slice(1)))
        if (sceneCount >= photos.length) return
        expect(places).toEqual(places.toSorted((a, b) => a - b))
        if (photos.length <= 2 * sceneCount) expect(new Set(places).size).toBe(photos.length)
      }),
      { numRuns: 40 },
    )
  })

  it('leaves the second of two pictures out, keeps the larger, makes a scene fewer for it and says so', async () => {
    const photos = [
      photo('a', { look: look(1), width: 800, height: 450, name: 'small.jpg' }),
      photo('b', { look: look(2) }),
      photo('c', { look: look(1), name: 'large.jpg' }),
      photo('d', { look: look(3) }),
    ]
    const { pairs, notes } = await plan(brief({ photos, sceneCount: 3, scenesFollowPhotos: true }))
    expect(pairs).toEqual([
      ['b', 'c'],
      ['c', 'd'],
    ])
    const note = { name: 'small.jpg', type: null, confidence: null, leftOut: 'It shows the same as large.jpg.' }
    expect(notes).toEqual([{ id: 'a', ...note }])
    // Who asks for three scenes has three, and each begins on a picture of its own.
    const asked = await plan(brief({ photos, sceneCount: 3 }))
    expect(asked.pairs.map(([first]) => first)).toEqual(['b', 'c', 'd'])
  })

  it('uses what is blurred, tiny or of another shape only when scenes would else begin on a photo twice', async () => {
    const photos = [
      photo('blurred', { look: look(1, { sharpness: 0.01 }) }),
      photo('tiny', { width: 320, height: 180 }),
      photo('upright', { width: 900, height: 1600 }),
      photo('black', { look: look(2, { brightness: 0.01 }) }),
      photo('one'),
      photo('two'),
    ]
    const { pairs, notes } = await plan(brief({ photos, sceneCount: 1 }))
    expect(pairs).toEqual([['one', 'two']])
    expect(notes.map(({ name, leftOut }) => [name, leftOut])).toEqual([
      ['IMG_blurred.jpg', 'It is blurred.'],
      ['IMG_tiny.jpg', 'It has only 320 × 180 pixels.'],
      ['IMG_upright.jpg', 'It is of another shape than the film.'],
      ['IMG_black.jpg', 'It is almost black.'],
    ])
    const three = await plan(brief({ photos, sceneCount: 3 }))
    expect(new Set(three.pairs.flat())).toEqual(new Set(['upright', 'one', 'two']))
    const tall = await plan(brief({ photos, sceneCount: 1, aspectRatio: '9:16' }))
    expect(tall.pairs.flat()).toContain('upright')
    expect(faultsOf(photo('x', { width: 1200, height: 900 }), '1:1').weight).toBe(0)
  })

  it('goes from a photo to one of the same place, by words and by colours', async () => {
    const words = [
      photo('k1', { name: 'kitchen-window.jpg' }),
      photo('g1', { name: 'Garden 1.jpg' }),
      photo('k2', { tags: ['kitchen'] }),
      photo('g2', { description: 'The garden in spring' }),
    ]
    expect((await plan(brief({ photos: words, sceneCount: 2 }))).pairs).toEqual([
      ['k1', 'k2'],
      ['g1', 'g2'],
    ])
    const [blue, green] = [look(5).colors, look(9).colors]
    const colours = [
      photo('b1', { look: look(1, { colors: blue }) }),
      photo('g1', { look: look(2, { colors: green }) }),
      photo('b2', { look: look(6, { colors: blue }) }),
      photo('g2', { look: look(5, { colors: green }) }),
    ]
    expect((await plan(brief({ photos: colours, sceneCount: 2 }))).pairs).toEqual([
      ['b1', 'b2'],
      ['g1', 'g2'],
    ])
  })

  it('cuts a film of a few photos where they go together worst', async () => {
    const photos = ['lake', 'lake', 'lake', 'dinner', 'dinner'].map((tag, index) => photo(`p${index}`, { tags: [tag] }))
    const { pairs } = await plan(brief({ photos, sceneCount: 3 }))
    expect(pairs).toEqual([
      ['p0', 'p1'],
      ['p1', 'p2'],
      ['p3', 'p4'],
    ])
  })

  it('tours a property by what its photos are called in any language, and says what it could not place', async () => {
    const photos = [
      photo('a', { name: 'Küche 1.jpg' }),
      photo('b', { name: 'salle de bain.jpg' }),
      photo('c', { name: '厨房.jpg' }),
      photo('d', { tags: ['Garage'] }),
      photo('e', { name: 'FrontFacade.jpg' }),
      photo('f', { description: 'From the pool to the house' }),
      photo('g', { name: 'baño.jpg' }),
    ]
    const propertyTypes = ['kitchen', 'bathroom', 'exterior']
    const given = brief({ jobType: 'property_photos', propertyTypes, photos, sceneCount: 3, scenesFollowPhotos: true })
    const { scenes, photos: types, notes } = await plan(given)
    expect(scenes.map(({ scene_type, asset_ids }) => [scene_type, ...asset_ids])).toEqual([
      ['exterior', 'e', 'f'],
      ['kitchen', 'a', 'c'],
      ['bathroom', 'b', 'g'],
    ])
    expect(types?.map(({ type, confidence }) => [type, confidence])).toEqual([
      ['kitchen', 0.8],
      ['bathroom', 0.8],
      ['kitchen', 0.8],
      [null, 0.9],
      ['exterior', 0.8],
      ['exterior', 0.45],
      ['bathroom', 0.8],
    ])
    expect(notes.find(({ id }) => id === 'd')?.leftOut).toBe('Its tags say “garage”, which is not asked for.')
  })

  it('gives every room a scene before any has two, and shows photos of other rooms when there is nothing else', async () => {
    const rooms = ['kitchen', 'kitchen', 'kitchen', 'kitchen', 'bedroom', 'bathroom', 'bathroom']
    const tagged = rooms.map((tag, index) => photo(`p${index}`, { tags: [tag] }))
    const tour = { jobType: 'property_photos' as const, propertyTypes: ['kitchen', 'bedroom', 'bathroom'] }
    const { scenes } = await plan(brief({ ...tour, photos: tagged, sceneCount: 3 }))
    expect(scenes.map(({ scene_type }) => scene_type)).toEqual(['kitchen', 'bedroom', 'bathroom'])
    expect(new Set(scenes.flatMap(({ asset_ids }) => asset_ids)).size).toBe(6)
    const garages = [1, 2, 3].map((n) => photo(`g${n}`, { tags: ['garage'] }))
    const nothingElse = await plan(brief({ ...tour, photos: garages, sceneCount: 2 }))
    expect(nothingElse.photos?.map(({ confidence }) => confidence)).toEqual([0, 0, 0])
  })

  it('knows pictures that look alike from those that do not', () => {
    expect(isSamePicture(look(1), look(1, { sharpness: 0.1, brightness: 0.9 }))).toBe(true)
    expect(isSamePicture(look(1), look(2))).toBe(false)
    // Without edges only the colours tell.
    expect(isSamePicture(look(1), { ...look(2), hash: look(1).hash })).toBe(false)
  })
})
