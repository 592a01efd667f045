/** How routes that answer with a job's bytes are described, and what they take. */
import { z } from '@hono/zod-openapi'
import { boolean } from '../fields.ts'
import { bytes, plainRefusals, type Refusal } from '../responses.ts'

/** Whole, in part, unchanged, a range outside, or not there. */
export const binary = (contentType: string, description: string, missing: Refusal, size?: { isLarge: boolean }) => ({
  ...bytes(contentType, description, size),
  ...plainRefusals({ 404: missing }),
})

/** Asked for by who wants a file rather than to look at it. A link's own `download` is not heeded where S3 sends it. */
export const toKeep = {
  download: boolean(z.boolean().optional().catch(true)).openapi({
    type: 'boolean',
    description: 'To be saved rather than shown',
  }),
}

export const dispositionFor = ({ download }: { download?: boolean }) => (download ? 'attachment' : 'inline')
