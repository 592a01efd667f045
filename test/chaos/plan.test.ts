import { expect, it } from 'vitest'
import { makePlan } from './plan.ts'

const SIZE = { seed: 7, jobs: 20, scenes: 6, kills: 30 }

it('draws every choice from the seed: the same seed plans the same run', () => {
  expect(makePlan(SIZE)).toEqual(makePlan(SIZE))
  expect(makePlan({ ...SIZE, seed: 8 }).deaths).not.toEqual(makePlan(SIZE).deaths)
})

it('kills each of the three, and spreads the jobs over the kills', () => {
  const { deaths, planned } = makePlan(SIZE)
  expect(deaths).toHaveLength(30)
  expect(new Set(deaths.map((death) => death.process))).toEqual(new Set(['server-1', 'worker-1', 'temporal']))
  expect(planned.map(({ afterKills }) => afterKills)).toEqual(
    planned.map(({ afterKills }) => afterKills).toSorted((a, b) => a - b),
  )
  expect(planned.at(-1)?.afterKills).toBeGreaterThan(20)
})

it('names every scene, so that a mishap strikes it alone', () => {
  const { planned, rules } = makePlan(SIZE)
  const prompts = planned.flatMap((job) => job.prompts)
  expect(new Set(prompts).size).toBe(20 * 6)
  const tags = rules.flatMap(({ match }) => match?.promptIncludes ?? [])
  const ofScenes = tags.filter((tag) => tag.includes('scene'))
  expect(ofScenes.length).toBeGreaterThan(20)
  for (const tag of ofScenes) expect(prompts.filter((prompt) => prompt.includes(tag))).toHaveLength(1)
})
