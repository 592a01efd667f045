import { expect, it } from 'vitest'
import { filmTimes, overlapFrames, secondsUntilNext } from '../../domain/transitions.ts'

const scene = (duration: number, transition: string, transitionDuration: number | null = null) => ({
  ...{ duration, transition, transitionDuration },
})
const FPS = { num: 24, den: 1 }

it('shares frames between neighbours, none at a cut, none after the last scene', () => {
  const scenes = [scene(4, 'crossfade'), scene(4, 'cut'), scene(6, 'wipe_left', 1), scene(4, 'crossfade')]
  expect(overlapFrames(scenes, FPS)).toEqual([12, 0, 24, 0])
})

it('takes half of the shorter neighbour at most, and nothing of a transition that is not known', () => {
  const scenes = [scene(2, 'slide_up', 2), scene(8, 'star wipe'), scene(8, 'cut')]
  expect(overlapFrames(scenes, FPS)).toEqual([24, 0, 0])
})

it('says when each scene is seen, in whole frames', () => {
  const scenes = [scene(4, 'crossfade', 0.5), scene(4, 'cut'), scene(4, 'cut')]
  expect(filmTimes(scenes, { num: 25, den: 1 })).toEqual({
    scenes: [
      { start: 0, end: 4 },
      { start: 3.48, end: 7.48 },
      { start: 7.48, end: 11.48 },
    ],
    duration: 11.48,
  })
  expect(filmTimes([], FPS)).toEqual({ scenes: [], duration: 0 })
})

it('says how long each scene is on until the next one begins, without a crumb of a second', () => {
  const scenes = [scene(4, 'crossfade', 0.5), scene(4, 'cut'), scene(4, 'wipe_up', 1), scene(6, 'crossfade')]
  expect(secondsUntilNext(scenes, { num: 25, den: 1 })).toEqual([3.48, 4, 3, 6])
})
