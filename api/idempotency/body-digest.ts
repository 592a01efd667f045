/** Fingerprints a body as it passes, so that a file of any size is compared without being held. */
import { createHash } from 'node:crypto'

export interface BodyDigest {
  update(chunk: Uint8Array): void
  /** In hexadecimal; call it once. */
  hex(): string
}

/**
 * The digest of a form leaves out its boundary: a client that sends the same form again draws a new one.
 * @param contentType the header of the request
 * @param head what else the digest covers
 */
export function bodyDigest(contentType: string, head: string): BodyDigest {
  const hash = createHash('sha256').update(head)
  const [, quoted, bare] = /^multipart\/.*;\s*boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType) ?? []
  const boundary = quoted ?? bare
  if (!boundary) return { update: (chunk) => void hash.update(chunk), hex: () => hash.digest('hex') }

  const mark = Buffer.from(`--${boundary}`)
  const end = Buffer.from(`--${boundary}--`)
  let rest: Buffer = Buffer.alloc(0)
  let ended = false
  return {
    update(chunk) {
      if (ended) return
      let data = Buffer.concat([rest, chunk])
      for (let at = data.indexOf(mark); at >= 0; at = data.indexOf(mark)) {
        hash.update(data.subarray(0, at))
        if (data.length < at + end.length) break
        hash.update('\0part\0')
        // What follows the end is no part of the form, and may never be read.
        ended = data.subarray(at, at + end.length).equals(end)
        if (ended) return
        data = data.subarray(at + mark.length)
      }
      const undecided = data.indexOf(mark)
      if (undecided < 0) {
        // A boundary may have begun in these bytes.
        const whole = Math.max(data.length - mark.length + 1, 0)
        hash.update(data.subarray(0, whole))
        rest = Buffer.from(data.subarray(whole))
      } else rest = Buffer.from(data.subarray(undecided))
    },
    hex() {
      if (!ended) hash.update(rest)
      return hash.digest('hex')
    },
  }
}
