/** The fields that say how scenes go over into each other. */
import { z } from '@hono/zod-openapi'
import { TRANSITION_ALIASES, TRANSITION_SECONDS, TRANSITIONS } from '../../domain/transitions.ts'
import { nullable, numeric } from '../fields.ts'

const { least, usual, most } = TRANSITION_SECONDS
const LIMITS = `must be ${least} to ${most} seconds`

/** Any of the names by which a transition is known, as ours. */
const named = (value: unknown) => {
  if (typeof value !== 'string') return value
  const name = value
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_')
  return Object.hasOwn(TRANSITION_ALIASES, name) ? TRANSITION_ALIASES[name] : name
}

/** @param more what may be said besides a transition */
export const transitionNamed = <const More extends string = never>(...more: More[]) =>
  z
    .preprocess(
      named,
      z.enum([...TRANSITIONS, ...more], { error: `must be one of ${[...TRANSITIONS, ...more].join(', ')}` }),
    )
    .openapi({ type: 'string', enum: [...TRANSITIONS, ...more] })

export const transitionField = nullable(transitionNamed().optional()).openapi({
  description: 'Into the next scene; frames that both share leave the film shorter than its scenes together',
  example: 'crossfade',
})

export const transitionDurationField = numeric(
  z
    .number({ error: 'must be a number of seconds' })
    .min(least, { error: LIMITS })
    .max(most, { error: LIMITS })
    .optional(),
).openapi({
  type: 'number',
  description: `Seconds, where it is no cut; ${usual} unless it is said. At most half of the shorter of its two scenes`,
  example: usual,
})
