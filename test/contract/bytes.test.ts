/** Every route that serves bytes: whole, in part, unchanged, outside, and their heads alone. */
import { createHash } from 'node:crypto'
import { afterAll, describe, expect, it } from 'vitest'
import { jpeg, mp4 } from '../api/sample-files.ts'
import { startJobApi } from '../api/sample-jobs.ts'

const api = await startJobApi()
afterAll(() => api.close())
const { id, scenes } = await api.film()
const video = await api.blobs.put([await mp4()] as unknown as AsyncIterable<Uint8Array>)
await api.db.job.update({ where: { id }, data: { videoHash: video.hash, videoSize: video.size } })
const playlist = await (await api.request(`/api/v3/videos/${id}/hls/playlist.m3u8`)).text()
const segments = /URI="([0-9a-f]{64}\.mp4)"/.exec(playlist)?.[1]
const { token } = await api.db.audioSegment.findFirstOrThrow({ where: { jobId: id } })
const upload = await api.v3('POST', '/assets', { blob_data: (await jpeg()).toString('base64') })
const asset = `/assets/${upload.json.data.id}`
const hls = `/videos/${id}/hls`
const clip = `/videos/${id}/clips/clip_${scenes[0]?.id}.mp4`

describe('bytes', () => {
  it.each([
    [`${asset}/data`, 'image/jpeg', 'inline'],
    [`${asset}/thumbnail`, 'image/jpeg', 'inline'],
    [`/videos/${id}/combined`, 'video/mp4', 'inline'],
    [`/videos/${id}/combined?download=1`, 'video/mp4', 'attachment; filename="Lakeside 1.mp4"'],
    [`/videos/${id}/thumbnail`, 'image/jpeg', 'inline'],
    [`/videos/${id}/preview`, 'image/webp', 'inline'],
    [`${hls}/playlist.m3u8`, 'application/vnd.apple.mpegurl', 'inline'],
    [`${hls}/${segments}`, 'video/mp4', 'inline'],
    [`/jobs/${id}/contact-sheet`, 'image/png', 'inline'],
    [clip, 'video/mp4', 'inline'],
    [`${clip}?download=true`, 'video/mp4', 'attachment; filename="clip_'],
    [`${clip}/thumbnail`, 'image/jpeg', 'inline'],
    [`/audio/${id}/download`, 'audio/mpeg', `attachment; filename="audio_${id}.mp3"`],
    [`/audio/segments/${token}`, 'audio/wav', 'inline'],
  ])('are served by %s as %s', async (path, type, disposition) => {
    const ask = async (headers: Record<string, string> = {}, method = 'GET') => {
      const response = await api.request(`/api/v3${path}`, { method, headers })
      return {
        ...response,
        status: response.status,
        headers: response.headers,
        body: Buffer.from(await response.arrayBuffer()),
      }
    }
    const whole = await ask()
    const size = whole.body.length
    const etag = `"${createHash('sha256').update(whole.body).digest('hex')}"`
    expect(whole.status).toBe(200)
    expect(Object.fromEntries(whole.headers)).toMatchObject({
      ...{ 'content-type': type, 'content-length': String(size), 'accept-ranges': 'bytes', etag },
      ...{
        'content-disposition': expect.stringMatching(new RegExp(`^${disposition}`)),
        'x-content-type-options': 'nosniff',
      },
    })

    const part = await ask({ range: 'bytes=2-5' })
    expect({ status: part.status, range: part.headers.get('content-range') }).toEqual({
      status: 206,
      range: `bytes 2-5/${size}`,
    })
    expect(part.body.equals(whole.body.subarray(2, 6))).toBe(true)

    expect((await ask({ 'if-none-match': etag })).status).toBe(304)
    expect((await ask({ range: 'bytes=2-5', 'if-range': '"of other bytes"' })).status).toBe(200)

    const outside = await ask({ range: `bytes=${size}-` })
    expect({ status: outside.status, range: outside.headers.get('content-range') }).toEqual({
      status: 416,
      range: `bytes */${size}`,
    })
    expect(JSON.parse(outside.body.toString()).error).toContain(`${size} bytes`)

    const head = await ask({}, 'HEAD')
    expect({ status: head.status, size: head.headers.get('content-length'), sent: head.body.length }).toEqual({
      ...{ status: 200, size: String(size), sent: 0 },
    })
  })

  it('of a film that took the place of another are never those of the one that a player shows', async () => {
    const { id: jobId, videoHash } = await api.film()
    const film = (version: string) => api.request(`/api/v3/videos/${jobId}/combined${version}`)
    const replace = async (number: number, bytes: string) => {
      const { hash, size } = await api.blobs.put([Buffer.from(bytes)] as unknown as AsyncIterable<Uint8Array>)
      const made = { kind: 'regenerate', state: 'completed', videoHash: hash, videoSize: size }
      await api.db.revision.create({ data: { jobId, number, ...made } })
      await api.db.job.update({ where: { id: jobId }, data: { videoHash: hash, videoSize: size } })
    }
    expect((await film('?of=1')).headers.get('etag')).toBe(`"${videoHash}"`)
    await replace(1, 'the second film')
    await replace(2, 'the third film')
    expect(await (await film('?of=2')).text()).toBe('the second film')
    for (const newest of ['', '?of=3', '?of=', '?of=now']) {
      expect(await (await film(newest)).text(), newest).toBe('the third film')
    }
    const gone = await film('?of=1')
    expect(gone.status).toBe(404)
    expect(await gone.json()).toEqual({ error: 'Version 1 of this film is not kept: version 3 took its place' })
  })

  it('that are not there yet are 404, in the words that frontends know', async () => {
    const job = await api.job()
    const without = (path: string) => api.v3('GET', path)
    const said = async (path: string) => (await without(path)).json.error
    expect(await without(`/videos/${job.id}/combined`)).toMatchObject({
      ...{ status: 404, json: { error: 'Video not ready - job processing incomplete' } },
    })
    expect(await said(`/videos/${job.id}/thumbnail`)).toBe('Thumbnail not found')
    expect(await said(`/videos/${job.id}/clips/clip_${job.scenes[0]?.id}.mp4`)).toBe('Clip not found')
    expect(await said(`/videos/${job.id}/clips/clip_${job.scenes[0]?.id}.mp4/thumbnail`)).toBe('Thumbnail not found')
    expect(await said(`/audio/${job.id}/download`)).toBe('Audio not ready or not generated')
    // A clip is found under its own job only, and by its own name only.
    expect(await said(clip.replace(`/videos/${id}/`, `/videos/${job.id}/`))).toBe('Clip not found')
    expect(await said(clip.replace('clip_', ''))).toBe('Clip not found')
  })

  it('of an audio segment are gone when its time is over', async () => {
    await api.db.audioSegment.updateMany({ where: { token }, data: { expiresAt: new Date() } })
    expect(await api.v3('GET', `/audio/segments/${token}`)).toMatchObject({
      status: 404,
      json: { error: 'Segment not found or expired' },
    })
  })
})
