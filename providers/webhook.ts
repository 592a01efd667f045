/** Whether a webhook is genuine. */
import { createHmac, timingSafeEqual } from 'node:crypto'

export type WebhookVerdict = { ok: true } | { ok: false; reason: string }

/**
 * Checks a webhook's signature and age, as https://replicate.com/docs/topics/webhooks/verify-webhook describes them
 * (the Standard Webhooks form): HMAC-SHA256 over `id.timestamp.body`. The client's own `validateWebhook` checks no
 * age, and compares in a time that depends on the signature.
 * @param secret "whsec_" and the key in base64
 * @param rawBody the bytes as they arrived, before any parsing
 * @param toleranceSeconds how far the timestamp may be from `now`, on either side
 */
export function verifyWebhook({
  headers,
  rawBody,
  secret,
  now,
  toleranceSeconds = 300,
}: {
  headers: Pick<Headers, 'get'>
  rawBody: Uint8Array | string
  secret: string
  now: Date
  toleranceSeconds?: number
}): WebhookVerdict {
  const [id, timestamp, signature] = ['id', 'timestamp', 'signature'].map((name) => headers.get(`webhook-${name}`))
  if (!id || !timestamp || !signature) {
    return { ok: false, reason: 'a webhook needs the headers webhook-id, webhook-timestamp and webhook-signature' }
  }
  if (!/^\d{1,12}$/.test(timestamp)) return { ok: false, reason: 'webhook-timestamp is not a time in seconds' }
  const ageSeconds = now.getTime() / 1000 - Number(timestamp)
  if (Math.abs(ageSeconds) > toleranceSeconds) {
    return {
      ok: false,
      reason: `webhook-timestamp is ${Math.round(ageSeconds)} s old; ${toleranceSeconds} s are allowed`,
    }
  }
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  // An empty key would make everyone's signature valid.
  if (key.length === 0) return { ok: false, reason: 'the webhook signing secret is empty' }
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(rawBody).digest()
  // Several signatures are sent while a secret is being replaced.
  const genuine = signature.split(' ').some((entry) => {
    const [version, encoded = ''] = entry.split(',')
    const given = Buffer.from(encoded, 'base64')
    return version === 'v1' && given.length === expected.length && timingSafeEqual(given, expected)
  })
  return genuine ? { ok: true } : { ok: false, reason: 'no webhook-signature fits the body' }
}
