/** How routes that answer with a job's bytes are described. */
import { bytes, plainRefusals, type Refusal } from '../responses.ts'

/** Whole, in part, unchanged, a range outside, or not there. */
export const binary = (contentType: string, description: string, missing: Refusal, size?: { isLarge: boolean }) => ({
  ...bytes(contentType, description, size),
  ...plainRefusals({ 404: missing }),
})
