/** Every choice of a run comes from one sequence of numbers, so that its seed repeats it. */
import { randomFrom } from '../../simulator/faults.ts'

export type Dice = ReturnType<typeof createDice>

export function createDice(seed: number) {
  const random = randomFrom(seed)
  /** A whole number from `least` to `most`, both included. */
  const between = (least: number, most: number) => least + Math.floor(random() * (most - least + 1))
  return {
    between,
    chance: (probability: number) => random() < probability,
    pick<T>(list: readonly T[]): T {
      const picked = list[between(0, list.length - 1)]
      if (picked === undefined) throw new Error('There is nothing to pick from.')
      return picked
    },
    /** For a sequence of somebody else's. */
    seed: () => between(1, 2 ** 31 - 1),
  }
}
