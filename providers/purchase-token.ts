/**
 * The token of a purchase: unguessable, and handed back by the provider's list, so that a prediction whose answer was
 * lost can be found again. It stands in the URLs of a prediction's input, and as a number in its seed.
 */
import { createHash } from 'node:crypto'

/** The seed (1 to 4,294,967,295) that stands for `token` where no URL can carry it. */
export function seedFromToken(token: string): number {
  return (createHash('sha256').update(token).digest().readUInt32BE() % 0xffff_ffff) + 1
}

/** Whether a prediction's input, as the provider lists it, carries `token`. */
export function carriesToken(input: Record<string, unknown>, token: string): boolean {
  return (
    input.seed === seedFromToken(token) ||
    Object.values(input).some((value) => typeof value === 'string' && value.includes(token))
  )
}

/** Whether an input carries the token of any purchase: a picture that was uploaded has none in its URL, and not every model a seed. */
export function isMarked(input: Record<string, unknown>): boolean {
  const inUrl = (value: unknown) => typeof value === 'string' && /^https?:.*[?&]t=/.test(value)
  return typeof input.seed === 'number' || Object.values(input).some(inUrl)
}
