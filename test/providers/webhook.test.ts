import { createHmac, randomBytes } from 'node:crypto'
import { validateWebhook } from 'replicate'
import { describe, expect, it } from 'vitest'
import { verifyWebhook } from '../../providers/webhook.ts'

const SECRET = `whsec_${randomBytes(24).toString('base64')}`
const NOW = new Date('2026-11-23T12:00:00Z')
const BODY = '{"id":"p1","status":"succeeded"}'

function sign(timestamp: string, body = BODY, secret = SECRET) {
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64')
  return `v1,${createHmac('sha256', key).update(`msg_1.${timestamp}.${body}`).digest('base64')}`
}

const SIGNED = sign(String(NOW.getTime() / 1000))

function arriving({ ageSeconds = 0, signature = '' } = {}) {
  const timestamp = String(NOW.getTime() / 1000 - ageSeconds)
  return new Headers({
    'webhook-id': 'msg_1',
    'webhook-timestamp': timestamp,
    'webhook-signature': signature || sign(timestamp),
  })
}

const verify = (headers: Headers, rawBody: string | Uint8Array = BODY, secret = SECRET) =>
  verifyWebhook({ headers, rawBody, secret, now: NOW })

describe('a webhook', () => {
  it('is genuine with the right signature, as for Replicate’s own client', async () => {
    expect(verify(arriving())).toEqual({ ok: true })
    expect(verify(arriving(), Buffer.from(BODY))).toEqual({ ok: true })
    const headers = Object.fromEntries(arriving())
    const [id, timestamp, signature] = ['id', 'timestamp', 'signature'].map((name) => headers[`webhook-${name}`] ?? '')
    expect(await validateWebhook({ id, timestamp, signature, body: BODY, secret: SECRET } as never)).toBe(true)
  })

  it('is genuine when one of several signatures fits, while a secret is being replaced', () => {
    const old = sign(String(NOW.getTime() / 1000), BODY, `whsec_${randomBytes(24).toString('base64')}`)
    const good = arriving().get('webhook-signature')
    expect(verify(arriving({ signature: `${old} v1a,AAAA ${good}` }))).toEqual({ ok: true })
  })

  it.each([
    ['its body was changed', arriving(), BODY.replace('succeeded', 'failed')],
    ['one byte of whitespace was added', arriving(), `${BODY} `],
    ['its timestamp was changed', withHeader('webhook-timestamp', String(NOW.getTime() / 1000 - 1)), BODY],
    ['its id was changed', withHeader('webhook-id', 'msg_2'), BODY],
    ['its signature is of another version', withHeader('webhook-signature', SIGNED.replace('v1,', 'v2,')), BODY],
    ['its signature is empty', arriving({ signature: 'v1,' }), BODY],
    ['its signature is cut off', withHeader('webhook-signature', SIGNED.slice(0, 20)), BODY],
  ])('is not genuine when %s', (_, headers, body) => {
    expect(verify(headers, body).ok).toBe(false)
  })

  it.each([301, -301])('is refused when its timestamp is %i s off', (ageSeconds) => {
    expect(verify(arriving({ ageSeconds }))).toMatchObject({ ok: false, reason: expect.stringContaining('300 s') })
    expect(verify(arriving({ ageSeconds: ageSeconds - Math.sign(ageSeconds) }))).toEqual({ ok: true })
  })

  it.each(['webhook-id', 'webhook-timestamp', 'webhook-signature'])('is refused without %s', (name) => {
    const headers = arriving()
    headers.delete(name)
    expect(verify(headers)).toMatchObject({ ok: false, reason: expect.stringContaining(name) })
  })

  it('is refused when its timestamp is no number', () => {
    expect(verify(withHeader('webhook-timestamp', 'NaN')).ok).toBe(false)
  })

  it('is refused when our own secret is empty, although anyone could sign with that', () => {
    const timestamp = String(NOW.getTime() / 1000)
    const signature = sign(timestamp, BODY, 'whsec_')
    expect(verify(arriving({ signature }), BODY, 'whsec_').ok).toBe(false)
  })
})

function withHeader(name: string, value: string) {
  const headers = arriving()
  headers.set(name, value)
  return headers
}
