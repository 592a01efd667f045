/** What of a language model's storyboard is taken, what is mended and what is refused, each way. */
import { describe, expect, it } from 'vitest'
import type { StoryboardBrief } from '../../domain/storyboard.ts'
import { readAnswer } from '../../providers/storyboard-answer.ts'
import { sampleBrief, samplePhoto, samplePhotos } from '../support/sample-brief.ts'

const ENERGIES = ['low', 'medium', 'high', 'calm']

interface Shot {
  type?: string
  ids: [string, string]
}

/** Such as "p0-p1" or "kitchen: p0-p1". */
function shot(words: string): Shot {
  const [, type, first = '', last = ''] = /^(?:(\w+): )?(\w+)-(\w+)$/.exec(words) ?? []
  return { type, ids: [first, last] }
}

function sceneOf({ type, ids }: Shot, index: number) {
  return {
    ...{ title: `${ids}`, description: 'A shot.', prompt: `From ${ids[0]}.`, duration: 6, transition: 'cut' },
    ...{ scene_type: type ?? 'detail', camera_movement: 'push in', motion_goal: 'arrive', asset_ids: ids },
    ...{ music_description: `part ${index}`, music_style: 'piano', music_energy: ENERGIES[index % 4] },
  }
}

/** @param shows what the model says that photos show */
function read(shots: readonly string[], changes: Partial<StoryboardBrief> = {}, shows: Record<string, string> = {}) {
  const photos = Object.entries(shows).map(([id, type]) => ({ id, type, confidence: 0.9 }))
  const brief = sampleBrief({ sceneCount: shots.length, ...changes })
  const answer = readAnswer(JSON.stringify({ scenes: shots.map(shot).map(sceneOf), photos }), brief)
  const taken = answer.ok
    ? answer.scenes.map(({ scene_type, asset_ids }) => `${scene_type}: ${asset_ids.join('-')}`)
    : null
  return { answer, taken, problems: answer.ok ? [] : answer.problems }
}

const scenesOf = (answer: ReturnType<typeof readAnswer>) => (answer.ok ? answer.scenes : expect.fail('it was refused'))
const faulty = (id: string) => samplePhoto(id, { width: 200, height: 150 })

const PROPERTY = {
  jobType: 'property_photos' as const,
  propertyTypes: ['exterior', 'kitchen', 'bathroom', 'bedroom', 'living_room', 'wine_cellar'],
}

describe('a photo that is shown again', () => {
  it.each([
    ['each once', ['p0-p1', 'p2-p3', 'p4-p5'], samplePhotos(8)],
    ['as an ending, with one for each scene and a few', ['p0-p1', 'p1-p2', 'p2-p1'], samplePhotos(5)],
    ['as an ending, where only faulty ones are left', ['p0-p1', 'p2-p1'], [...samplePhotos(3), faulty('p3')]],
    ['with as many photos as scenes', ['p0-p1', 'p1-p2', 'p2-p0'], samplePhotos(3)],
    ['with three photos for four scenes', ['p0-p1', 'p1-p2', 'p2-p0', 'p0-p2'], samplePhotos(3)],
    ['with two photos for four scenes', ['p0-p1', 'p1-p0', 'p0-p1', 'p1-p0'], samplePhotos(2)],
    ['with too few of which one is faulty', ['p0-p1', 'p1-p0', 'p0-p1', 'p1-p0'], [...samplePhotos(2), faulty('p2')]],
    ['with one photo', ['p0-p0', 'p0-p0'], samplePhotos(1)],
    ['out of more than a model is shown', ['p0-p20', 'p29-p21'], samplePhotos(30)],
  ])('is taken: %s', (_, shots, photos) => {
    expect(read(shots, { photos })).toMatchObject({ problems: [], taken: shots.map((words) => `detail: ${words}`) })
  })

  it.each([
    ['with two for each scene', ['p0-p1', 'p2-p1'], samplePhotos(4), 'scenes.1: it shows photo p1, as scenes.0 does.'],
    ['as a beginning', ['p0-p1', 'p0-p2'], samplePhotos(3), 'scenes.1: it begins on photo p0, as scenes.0 does.'],
    ['as a beginning, with as many as scenes', ['p0-p1', 'p0-p1'], samplePhotos(2), 'scenes.1: it begins on photo p0'],
    ['before all are shown', ['p0-p1', 'p1-p0', 'p0-p1', 'p1-p0'], samplePhotos(3), 'Photo p2 is in no scene'],
  ])('is refused: %s', (_, shots, photos, problem) => {
    expect(read(shots, { photos }).problems).toContainEqual(expect.stringContaining(problem))
  })

  it('is refused with what to show instead', () => {
    expect(read(['p0-p1', 'p2-p1'], { photos: samplePhotos(5) }).problems).toEqual([
      'scenes.1: it shows photo p1, as scenes.0 does.',
      'Instead of a photo a second time take one that no scene shows: p3, p4.',
    ])
  })

  it('counts only where it is seen: not as an ending that the job’s model does not take', () => {
    const only = { photos: samplePhotos(8), firstPhotoOnly: true }
    expect(read(['p0-p1', 'p2-p1', 'p3-p3'], only).problems).toEqual([])
    expect(read(['p0-p1', 'p0-p2'], only).problems[0]).toContain('begins on photo p0')
  })
})

describe('the number of scenes', () => {
  it('is the one that was asked for, however few photos there are', () => {
    const pairs = ['p0-p1', 'p1-p2', 'p2-p0', 'p0-p2', 'p1-p0']
    expect(read(pairs, { photos: samplePhotos(3) }).problems).toEqual([])
    expect(read(pairs.slice(1), { photos: samplePhotos(3), sceneCount: 5 }).problems).toEqual([
      'There are 4 scenes; exactly 5 are wanted.',
    ])
  })

  it('follows from the photos that show something of what was asked for, where nobody asked for one', () => {
    const brief = { ...PROPERTY, photos: samplePhotos(3), sceneCount: 3, scenesFollowPhotos: true }
    const shows = { p0: 'exterior', p1: 'kitchen', p2: 'none of these' }
    expect(read(['exterior: p0-p1', 'kitchen: p1-p0'], brief, shows).problems).toEqual([])
    expect(read(['exterior: p0-p1', 'kitchen: p1-p0', 'kitchen: p1-p0'], brief, shows).problems).toContain(
      'There are 3 scenes; exactly 2 are wanted, one for each photo that your list has a type for.',
    )
  })
})

describe('a tour', () => {
  const tour = { ...PROPERTY, photos: samplePhotos(5) }

  it('is put in order: from outside in, room after room', () => {
    const shots = ['bathroom: p0-p1', 'bedroom: p1-p2', 'bathroom: p2-p1', 'exterior: p3-p4', 'wine_cellar: p4-p3']
    const { answer, taken } = read(shots, tour)
    expect(taken).toEqual([
      ...['exterior: p3-p4', 'bathroom: p0-p1', 'bathroom: p2-p1', 'bedroom: p1-p2', 'wine_cellar: p4-p3'],
    ])
    // Each with its own prompt, while the music has its arc and the film its rhythm.
    expect(scenesOf(answer).map(({ prompt }) => prompt)[0]).toBe('From p3.')
    expect(scenesOf(answer).map(({ music_description }) => music_description)).toEqual(
      [0, 1, 2, 3, 4].map((place) => `part ${place}`),
    )
    expect(scenesOf(answer).map(({ music_energy }) => music_energy)).toEqual([...ENERGIES, 'low'])
  })

  it('that ends with a look from above has that at its beginning', () => {
    const { taken } = read(['exterior: p0-p1', 'kitchen: p1-p2', 'exterior: p2-p0'], tour)
    expect(taken).toEqual(['exterior: p0-p1', 'exterior: p2-p0', 'kitchen: p1-p2'])
  })

  it('that shows nothing of outside stays as it was written', () => {
    const shots = ['living_room: p1-p0', 'kitchen: p0-p2', 'wine_cellar: p3-p4']
    expect(read(shots, tour).taken).toEqual(shots)
  })

  it('has scenes called by what the model says that their first photo shows', () => {
    const brief = { ...tour, photos: samplePhotos(3) }
    const { answer, taken } = read(['kitchen: p0-p1', 'kitchen: p1-p2'], brief, { p0: 'living_room', p1: 'kitchen' })
    expect(taken).toEqual(['living_room: p0-p1', 'kitchen: p1-p2'])
    expect(answer).toMatchObject({
      photos: expect.arrayContaining([{ id: 'p0', type: 'living_room', confidence: 0.9 }]),
    })
  })

  it('shows nothing that the model says is none of the types, as long as there are two that are', () => {
    const shots = ['kitchen: p0-p1', 'kitchen: p3-p2']
    const none = 'none of these'
    expect(read(shots, tour, { p0: 'kitchen', p1: 'kitchen', p2: none }).problems).toEqual([
      'scenes.1: by your list photo p2 shows none of the property types; leave it out.',
    ])
    expect(read(shots, tour, { p0: 'kitchen', p1: 'kitchen', p2: 'kitchen', p4: none }).problems).toEqual([])
    const three = { ...tour, photos: samplePhotos(3) }
    const both = ['kitchen: p0-p1', 'kitchen: p1-p2']
    expect(read(both, three, { p0: 'kitchen', p1: none, p2: none }).taken).toEqual(both)
  })

  it('need not show photos that the model was not shown, with more scenes than photos', () => {
    const shots = ['kitchen: p0-p1', 'kitchen: p1-p0', 'kitchen: p0-p1', 'kitchen: p1-p0']
    const brief = { ...tour, photos: samplePhotos(3) }
    expect(read(shots, brief, { p0: 'kitchen', p1: 'kitchen' }).problems).toEqual([])
    expect(read(shots, brief, { p0: 'kitchen', p1: 'kitchen', p2: 'kitchen' }).problems).toEqual([
      'Photo p2 is in no scene, although others are in more than one.',
    ])
  })
})

describe('photos that somebody named', () => {
  const named = (count: number) => ({ hasOwnOrder: true, photos: samplePhotos(count) })

  it.each([
    ['moved into their order', ['p2-p3', 'p0-p1'], 5, ['p0-p1', 'p2-p3']],
    ['with as many as scenes', ['p1-p2', 'p0-p1', 'p2-p0'], 3, ['p0-p1', 'p1-p2', 'p2-p0']],
    ['each going on where the one before ends', ['p0-p1', 'p1-p2'], 3, ['p0-p1', 'p1-p2']],
    ['some of many', ['p1-p4', 'p5-p6'], 7, ['p1-p4', 'p5-p6']],
    ['too few of them', ['p0-p1', 'p1-p0', 'p0-p1'], 2, ['p0-p1', 'p1-p0', 'p0-p1']],
  ])('are taken: %s', (_, shots, count, taken) => {
    expect(read(shots, named(count))).toMatchObject({ problems: [], taken: taken.map((words) => `detail: ${words}`) })
  })

  it.each([
    ['backwards within a scene', ['p1-p0', 'p2-p3'], 5, 'photo p0 comes before p1, as in the list'],
    ['one scene across another', ['p0-p2', 'p1-p3'], 5, 'photo p1 comes before p2, as in the list'],
    ['one left out', ['p0-p1', 'p1-p2'], 4, 'Photo p3 is in no scene, although somebody chose it.'],
  ])('are refused: %s', (_, shots, count, problem) => {
    expect(read(shots, named(count)).problems).toContainEqual(expect.stringContaining(problem))
  })

  it('are in their order within each room of a tour', () => {
    const shots = ['kitchen: p3-p2', 'exterior: p4-p0', 'kitchen: p1-p2', 'exterior: p0-p4']
    expect(read(shots, { ...PROPERTY, ...named(6) }).taken).toEqual([
      'exterior: p0-p4',
      'exterior: p4-p0',
      'kitchen: p1-p2',
      'kitchen: p3-p2',
    ])
  })

  it('are only seen where they begin scenes, of a model that takes no other', () => {
    expect(read(['p2-p0', 'p1-p0'], { ...named(3), firstPhotoOnly: true }).taken).toEqual([
      'detail: p1-p0',
      'detail: p2-p0',
    ])
  })
})
