/** The API over a store in S3: downloads that S3 sends itself, and what is said when it is away. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { JobWithScenes } from '../../prisma/queries/jobs.ts'
import { saveRenditions } from '../../prisma/queries/renditions.ts'
import { type S3Server, startS3Server } from '../support/s3-server.ts'
import { png } from './sample-files.ts'
import { type JobApi, startJobApi } from './sample-jobs.ts'

const KEY = { 'x-api-key': 'key' }
let s3: S3Server
let api: JobApi
let film: JobWithScenes
beforeAll(async () => {
  s3 = await startS3Server()
  api = await startJobApi({ BLOB_STORE_URL: s3.url, BLOB_REDIRECTS: 'true', API_AUTH_KEY: 'key' })
  film = await api.film()
  // A playlist's segments; they are the film's bytes here.
  const segments = { kind: 'hls_segments' as const, source: film.videoHash ?? '', hash: film.videoHash ?? '' }
  await saveRenditions(api.db, film.id, [{ ...segments, size: film.videoSize ?? 0 }])
})
afterAll(async () => {
  await api.close()
  await s3.stop()
})

const get = (path: string, init: RequestInit = {}) =>
  api.request(`/api/v3${path}`, { ...init, headers: { ...KEY, ...init.headers } })
const clipOf = ({ id, scenes }: JobWithScenes) => `/videos/${id}/clips/clip_${scenes[0]?.id}.mp4`

describe('with BLOB_REDIRECTS', () => {
  it.each([
    ['a film', (job: JobWithScenes) => `/videos/${job.id}/combined`, 'video/mp4', /^inline; filename="Lakeside 1.mp4"/],
    ['a film to keep', (job: JobWithScenes) => `/videos/${job.id}/combined?download=true`, 'video/mp4', /^attachment;/],
    ['a clip', clipOf, 'video/mp4', /^inline; filename="clip_/],
    ['segments', (job: JobWithScenes) => `/videos/${job.id}/hls/${job.videoHash}.mp4`, 'video/mp4', /^inline$/],
    [
      'music',
      (job: JobWithScenes) => `/audio/${job.id}/download`,
      'audio/mpeg',
      /^attachment; filename="audio_\d+.mp3"/,
    ],
  ])('S3 sends what is large: %s', async (_, pathOf, type, disposition) => {
    const sent = await get(pathOf(film), { redirect: 'manual' })
    expect(sent.status).toBe(302)
    expect(sent.headers.get('cache-control')).toBe('private, no-store')
    const { origin } = new URL(sent.headers.get('location') ?? '')
    expect(origin).toBe(s3.location.endpoint)

    const whole = await get(pathOf(film))
    expect(whole.status).toBe(200)
    expect(whole.headers.get('content-type')).toBe(type)
    expect(whole.headers.get('content-disposition')).toMatch(disposition)
    const bytes = Buffer.from(await whole.arrayBuffer())
    const part = await get(pathOf(film), { headers: { range: 'bytes=2-5' } })
    expect(part.status).toBe(206)
    expect(Buffer.from(await part.arrayBuffer())).toEqual(bytes.subarray(2, 6))
    const etag = sent.headers.get('etag') ?? ''
    expect((await get(pathOf(film), { headers: { 'if-none-match': etag } })).status).toBe(304)
  })

  it('nobody is sent there who may not have it here', async () => {
    const refused = await api.request(`/api/v3/videos/${film.id}/combined`, { redirect: 'manual' })
    expect(refused.status).toBe(401)
    expect(refused.headers.get('location')).toBeNull()
  })

  it('what is small or fetched by providers is still served here, and heads are', async () => {
    const { id } = api.pictures[0]
    for (const path of [`/videos/${film.id}/thumbnail`, `/assets/${id}/data`]) {
      const response = await get(path, { redirect: 'manual' })
      expect(response.status).toBe(200)
      expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(0)
    }
    const head = await get(`/videos/${film.id}/combined`, { method: 'HEAD', redirect: 'manual' })
    expect({ status: head.status, size: head.headers.get('content-length') }).toEqual({
      status: 200,
      size: String(film.videoSize),
    })
  })

  it('the studio may play films from there, and nothing else', async () => {
    const page = await api.request('/sign-in')
    expect(page.headers.get('content-security-policy')).toMatch(
      new RegExp(`img-src 'self' data: blob:;.*media-src 'self' ${s3.location.endpoint}$`),
    )
  })
})

it.skipIf(process.env.TEST_S3_URL)(
  'S3 that is away is a 503 that says so and when to come back, and its keys are in no log',
  async () => {
    await s3.stop()
    const form = new FormData()
    form.set('campaign_id', api.campaign.id)
    form.set('file', new Blob([new Uint8Array(await png())]), 'photo.png')
    const answers = [
      await get(`/assets/${api.pictures[0].id}/data`),
      await get(`/videos/${film.id}/thumbnail`),
      await get('/assets', { method: 'POST', body: form }),
    ]
    for (const answer of answers) {
      expect(answer.status).toBe(503)
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
      expect(await answer.json()).toEqual({
        error: "The blob store can't be reached right now. Try again in a few seconds.",
      })
    }
    const log = api.logLines.join('\n')
    expect(log).toContain('ECONNREFUSED')
    for (const secret of Object.values(s3.env)) expect(log).not.toContain(secret)
  },
)
