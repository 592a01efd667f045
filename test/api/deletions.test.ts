import { readFile, utimes } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hashKey } from '../../api/auth/keyring.ts'
import { namedJobs } from '../../api/in-the-way.ts'
import { createAsset } from '../../prisma/queries/assets.ts'
import { referencedHashes } from '../../prisma/queries/blob-references.ts'
import { createCampaign } from '../../prisma/queries/campaigns.ts'
import { approveJob } from '../../prisma/queries/decisions.ts'
import { saveStoryboard } from '../../prisma/queries/jobs.ts'
import { openIntent } from '../../prisma/queries/ledger.ts'
import { saveRenditions } from '../../prisma/queries/renditions.ts'
import { queueRegeneration } from '../../prisma/queries/revisions.ts'
import { type JobApi, SETTINGS, startJobApi, UNKNOWN } from './sample-jobs.ts'

let api: JobApi
beforeAll(async () => {
  api = await startJobApi()
})
afterAll(() => api.close())

describe('an asset', () => {
  it('is deleted with its bytes', async () => {
    const asset = await api.asset('image')
    expect((await api.v3('DELETE', `/assets/${asset.id}`)).status).toBe(204)
    expect(await api.v3('GET', `/assets/${asset.id}`)).toMatchObject({
      status: 404,
      json: { error: 'Asset not found' },
    })
    expect(await api.isStored(asset.blobHash)).toBe(false)
    expect(await api.v3('DELETE', `/assets/${asset.id}`)).toMatchObject({
      status: 404,
      json: { error: 'Asset not found' },
    })
  })

  it.each([UNKNOWN, 'nonsense', '..%2F..%2Fetc'])('that is unknown is 404: %s', async (id) => {
    expect(await api.v3('DELETE', `/assets/${id}`)).toMatchObject({ status: 404, json: { error: 'Asset not found' } })
  })

  it('leaves bytes that others have too, also those of another client', async () => {
    const { client: stranger } = await api.stranger()
    const mine = await api.asset('image', { bytes: 'the same photo' })
    const theirs = await api.asset('image', { bytes: 'the same photo', owner: stranger.id })
    expect(mine.blobHash).toBe(theirs.blobHash)
    expect((await api.v3('DELETE', `/assets/${mine.id}`)).status).toBe(204)
    expect(await api.isStored(theirs.blobHash)).toBe(true)
    expect((await api.v3('DELETE', `/assets/${theirs.id}`)).status).toBe(204)
    expect(await api.isStored(theirs.blobHash)).toBe(false)
  })

  it('leaves bytes of a client whom the caller may not see', async () => {
    const scoped = await startJobApi({ API_AUTH_KEY: 'root' })
    const key = { name: 'theirs', role: 'operator', clientId: scoped.client.id }
    await scoped.db.apiKey.create({ data: { ...key, hash: hashKey('secret') } })
    const { client: stranger } = await scoped.stranger()
    const mine = await scoped.asset('image', { bytes: 'the same photo' })
    const theirs = await scoped.asset('image', { bytes: 'the same photo', owner: stranger.id })
    const remove = (id: string) => scoped.v3('DELETE', `/assets/${id}`, undefined, { 'x-api-key': 'secret' })
    expect((await remove(theirs.id)).status).toBe(404)
    expect((await remove(mine.id)).status).toBe(204)
    expect(await scoped.isStored(theirs.blobHash)).toBe(true)
    await scoped.close()
  })

  it('leaves bytes that a film, a clip, a piece of music or a thumbnail is made of', async () => {
    const film = await api.film()
    const segment = await api.db.audioSegment.findFirstOrThrow({ where: { jobId: film.id } })
    const sheet = await api.request(`/api/v3/jobs/${film.id}/contact-sheet`)
    const shared = [film.videoHash, film.stitchedHash, film.stitchedSoundHash, film.thumbnailHash, film.audioHash]
    shared.push(
      sheet.headers.get('etag')?.slice(1, -1) ?? null,
      film.scenes[0]?.clipHash ?? null,
      film.scenes[0]?.clipThumbnailHash ?? null,
      segment.blobHash,
    )
    for (const blobHash of shared) {
      const asset = await createAsset(api.db, { name: 'copy', type: 'image', clientId: api.client.id, blobHash })
      expect((await api.v3('DELETE', `/assets/${asset.id}`)).status).toBe(204)
      expect(await api.isStored(blobHash)).toBe(true)
    }
  })

  it('leaves bytes that are being stored again at that moment', async () => {
    const asset = await api.asset('image', { bytes: 'sent twice' })
    // The bytes of a second upload have arrived; its row is yet to come.
    const { hash } = await api.blobs.put([Buffer.from('sent twice')] as unknown as AsyncIterable<Uint8Array>)
    const soon = new Date(Date.now() + 5_000)
    await utimes(await api.blobs.localFile(hash, api.folder), soon, soon)
    expect((await api.v3('DELETE', `/assets/${asset.id}`)).status).toBe(204)
    expect(await api.isStored(hash)).toBe(true)
  })

  it('stays while a job that has not ended shows it, and goes afterwards', async () => {
    const [first] = api.pictures
    const picture = await api.asset('image')
    const job = await api.job()
    const at = `/jobs/${job.id}/scenes/${job.scenes[0]?.id}`
    await api.v3('PATCH', at, { asset_ids: [first.id, picture.id] })
    const refused = await api.v3('DELETE', `/assets/${picture.id}`)
    expect(refused).toMatchObject({
      status: 409,
      json: { error: expect.stringContaining(`job ${job.id}`), job_ids: [job.id] },
    })
    await approveJob(api.db, job.id, { by: null, note: null })
    expect((await api.v3('DELETE', `/assets/${picture.id}`)).status).toBe(409)
    await api.db.job.update({ where: { id: job.id }, data: { status: 'processing' } })
    expect((await api.v3('DELETE', `/assets/${picture.id}`)).status).toBe(409)
    expect(await api.isStored(picture.blobHash)).toBe(true)
    await api.db.job.update({ where: { id: job.id }, data: { status: 'completed' } })
    expect((await api.v3('DELETE', `/assets/${picture.id}`)).status).toBe(204)
  })

  it('stays while a scene that is to be rendered again is to show it', async () => {
    const [first] = api.pictures
    const picture = await api.asset('image')
    const film = await api.film()
    const at = `/jobs/${film.id}/scenes/${film.scenes[0]?.id}/regenerate`
    expect((await api.v3('POST', at, { asset_ids: [first.id, picture.id] })).status).toBe(202)
    expect(await api.v3('DELETE', `/assets/${picture.id}`)).toMatchObject({ status: 409, json: { job_ids: [film.id] } })
    await api.db.revision.updateMany({ where: { jobId: film.id }, data: { state: 'failed' } })
    expect((await api.v3('DELETE', `/assets/${picture.id}`)).status).toBe(204)
  })

  it('that went while a scene was about to show it keeps that scene from being asked for', async () => {
    const picture = await api.asset('image')
    const film = await api.film()
    const wish = { changes: { firstAssetId: picture.id }, music: false }
    const ask = () => queueRegeneration(api.db, film.id, [film.scenes[0]?.id ?? ''], wish, { by: null })
    expect((await api.v3('DELETE', `/assets/${picture.id}`)).status).toBe(204)
    expect(await ask()).toMatchObject({ outcome: 'refused', reason: expect.stringMatching(/picture.*deleted/) })
  })

  it('that is gone is missed before its scene is rendered again, or a failed job goes on', async () => {
    const [first] = api.pictures
    const picture = await api.asset('image')
    const film = await api.film()
    const [, scene, other] = film.scenes
    await api.db.scene.update({ where: { id: scene?.id }, data: { lastAssetId: picture.id } })
    expect((await api.v3('DELETE', `/assets/${picture.id}`)).status).toBe(204)
    const again = (body: unknown, id = scene?.id) => api.v3('POST', `/jobs/${film.id}/scenes/${id}/regenerate`, body)
    const missed = { status: 422, json: { reason: expect.stringMatching(/scene 2 .* deleted.*asset_ids/) } }
    expect(await again({ prompt: 'At dusk' })).toMatchObject(missed)
    expect((await again({ prompt: 'At dusk' }, other?.id)).status).toBe(202)
    expect((await again({ asset_ids: [first.id] })).status).toBe(202)

    const failed = { status: 'failed', stage: 'failed' }
    await api.db.revision.updateMany({ where: { jobId: film.id }, data: { state: 'completed' } })
    await api.db.job.update({ where: { id: film.id }, data: failed })
    await api.db.scene.update({ where: { id: scene?.id }, data: { state: 'failed' } })
    expect(await api.v3('POST', `/jobs/${film.id}/retry`)).toMatchObject(missed)
    // What was bought already is gone on with: no picture is needed for that.
    const key = { jobId: film.id, subject: `scene:${scene?.id}`, attempt: 1 }
    const { id } = await openIntent(api.db, key, {
      sceneId: scene?.id ?? null,
      model: 'veo3',
      seconds: 4,
      priceMicroUsd: 1,
    })
    await api.db.prediction.update({ where: { id }, data: { state: 'succeeded', postedAt: new Date() } })
    expect((await api.v3('POST', `/jobs/${film.id}/retry`)).status).toBe(202)
  })

  it('stays while a job is to play it, and while a storyboard is being written', async () => {
    const music = await api.asset('audio')
    const scored = await api.job({ settings: { music: { ...SETTINGS.music, assetId: music.id } } })
    expect((await api.v3('DELETE', `/assets/${music.id}`)).json.job_ids).toEqual([scored.id])
    await api.v3('POST', `/jobs/${scored.id}/reject`)
    expect((await api.v3('DELETE', `/assets/${music.id}`)).status).toBe(204)

    const picture = await api.asset('image')
    const unwritten = await api.job({ storyboard: false })
    expect((await api.v3('DELETE', `/assets/${picture.id}`)).json.job_ids).toEqual([unwritten.id])
    await api.v3('POST', `/jobs/${unwritten.id}/cancel`)
    expect((await api.v3('DELETE', `/assets/${picture.id}`)).status).toBe(204)

    const [named, other] = [await api.asset('image'), await api.asset('image')]
    const choosy = await api.job({ storyboard: false, settings: { assetIds: [named.id] } })
    expect((await api.v3('DELETE', `/assets/${named.id}`)).json.job_ids).toEqual([choosy.id])
    expect((await api.v3('DELETE', `/assets/${other.id}`)).status).toBe(204)
    await api.v3('POST', `/jobs/${choosy.id}/cancel`)
  })

  it('of an old film goes, and the film stays', async () => {
    const picture = await api.asset('image')
    const film = await api.film()
    await api.db.scene.updateMany({ where: { jobId: film.id }, data: { firstAssetId: picture.id } })
    expect((await api.v3('DELETE', `/assets/${picture.id}`)).status).toBe(204)
    expect((await api.request(`/api/v3/videos/${film.id}/combined`)).status).toBe(200)
    expect((await api.v3('GET', `/jobs/${film.id}`)).status).toBe(200)
  })
})

describe('a job', () => {
  const hidden = async (id: number) => {
    for (const at of [
      `/jobs/${id}`,
      `/jobs/${id}/scenes`,
      `/jobs/${id}/workflow`,
      `/videos/${id}/combined`,
      `/audio/status/${id}`,
    ]) {
      expect((await api.v3('GET', at)).status, at).toBe(404)
    }
    for (const verb of ['approve', 'cancel', 'copy'])
      expect((await api.v3('POST', `/jobs/${id}/${verb}`)).status, verb).toBe(404)
    expect((await api.v3('GET', `/jobs?q=${id}`)).json.data).toEqual([])
    expect((await api.v3('GET', `/generated-videos?job_id=${id}`)).json.data).toEqual([])
  }

  it('that has ended is deleted with its bytes, and what it cost stays in the figures', async () => {
    const before = (await api.v3('GET', `/clients/${api.client.id}/stats`)).json.data
    const film = await api.film({ microUsd: 1_250_000 })
    const segment = await api.db.audioSegment.findFirstOrThrow({ where: { jobId: film.id } })
    expect((await api.v3('GET', `/clients/${api.client.id}/stats`)).json.data.videoCount).toBe(before.videoCount + 1)

    const sheet = (await api.request(`/api/v3/jobs/${film.id}/contact-sheet`)).headers.get('etag')?.slice(1, -1)
    expect(await api.isStored(sheet)).toBe(true)

    expect((await api.v3('DELETE', `/jobs/${film.id}`)).status).toBe(204)
    await hidden(film.id)
    const own = [
      ...[film.videoHash, film.stitchedHash, film.stitchedSoundHash, film.audioHash, film.thumbnailHash],
      ...[segment.blobHash, sheet],
    ]
    for (const hash of [...own, ...film.scenes.flatMap((scene) => [scene.clipHash, scene.clipThumbnailHash])]) {
      expect(hash).toEqual(expect.any(String))
      expect(await api.isStored(hash)).toBe(false)
    }
    const after = (await api.v3('GET', `/clients/${api.client.id}/stats`)).json.data
    expect(after.videoCount).toBe(before.videoCount)
    expect(after.totalSpend - before.totalSpend).toBeCloseTo(1.25)
    expect((await api.v3('DELETE', `/jobs/${film.id}`)).status).toBe(404)
  })

  it('gets no other form any more that was begun before', async () => {
    const film = await api.film()
    const [sheet] = [{ kind: 'contact_sheet', source: 'sheet', hash: 'made too late', size: 1 }] as const
    await saveRenditions(api.db, film.id, [sheet])
    expect(await api.db.rendition.count({ where: { jobId: film.id } })).toBe(1)
    expect((await api.v3('DELETE', `/jobs/${film.id}`)).status).toBe(204)
    await saveRenditions(api.db, film.id, [sheet])
    expect(await api.db.rendition.count({ where: { jobId: film.id } })).toBe(0)
  })

  it.each([
    ['deleted', 'DELETE', ''],
    ['canceled', 'POST', '/cancel'],
  ])('keeps no storyboard that was still being written when it was %s', async (_, method, verb) => {
    const job = await api.job({ storyboard: false })
    expect((await api.v3(method, `/jobs/${job.id}${verb}`)).status).toBeLessThan(300)
    const photo = { ...{ id: 'a', name: 'the pool', type: null }, ...{ confidence: null, leftOut: null } }
    await saveStoryboard(api.db, job.id, { scenes: [], source: 'template', note: 'It was away.' }, [], [photo])
    expect(await api.db.jobPhoto.count({ where: { jobId: job.id } })).toBe(0)
    expect(await api.db.jobEvent.count({ where: { jobId: job.id, type: 'storyboard' } })).toBe(0)
    const row = await api.db.job.findUniqueOrThrow({ where: { id: job.id } })
    expect(row).toMatchObject({ storyboardVersion: 0, storyboardNote: null })
  })

  it('leaves the bytes that another film has too', async () => {
    const film = await api.film({ bytes: 'the same film' })
    const twin = await api.film({ bytes: 'the same film' })
    expect((await api.v3('DELETE', `/jobs/${film.id}`)).status).toBe(204)
    expect((await api.request(`/api/v3/videos/${twin.id}/combined`)).status).toBe(200)
    expect(await api.isStored(twin.scenes[2]?.clipHash)).toBe(true)
  })

  it('that runs is refused', async () => {
    const job = await api.job()
    await approveJob(api.db, job.id, { by: null, note: null })
    for (const status of ['approved', 'processing']) {
      await api.db.job.update({ where: { id: job.id }, data: { status } })
      const answer = await api.v3('DELETE', `/jobs/${job.id}`)
      expect(answer).toMatchObject({
        status: 409,
        json: { error: expect.stringContaining('cancel it'), job_id: job.id, current_status: status },
      })
    }
  })

  it('whose music is being made anew is refused', async () => {
    const film = await api.film()
    await api.db.job.update({ where: { id: film.id }, data: { audioStatus: 'processing' } })
    expect(await api.v3('DELETE', `/jobs/${film.id}`)).toMatchObject({
      ...{ status: 409, json: { error: 'Its music is being made: wait until that has ended' } },
    })
    expect(await api.isStored(film.videoHash)).toBe(true)
  })

  it('of which a scene is being rendered again is refused, and says so', async () => {
    const film = await api.film()
    await api.v3('POST', `/jobs/${film.id}/scenes/${film.scenes[1]?.id}/regenerate`, { prompt: 'At dusk' })
    expect(await api.v3('DELETE', `/jobs/${film.id}`)).toMatchObject({
      ...{ status: 409, json: { error: 'A scene of it is being rendered again: wait until that has ended' } },
    })
  })

  it('that waits for approval is canceled with it, and its workflow is told', async () => {
    const job = await api.job()
    expect((await api.v3('DELETE', `/jobs/${job.id}`)).status).toBe(204)
    await hidden(job.id)
    expect(api.told).toContain(`decided ${job.id}`)
    const row = await api.db.job.findUniqueOrThrow({ where: { id: job.id } })
    expect(row).toMatchObject({ status: 'failed', stage: 'canceled', canceledAt: expect.any(Date) })
    expect(await approveJob(api.db, job.id, { by: null, note: null })).toBe(false)
  })

  it.each(['2147483647', '0', 'abc'])('that is unknown is 404: %s', async (id) => {
    expect(await api.v3('DELETE', `/jobs/${id}`)).toMatchObject({ status: 404, json: { error: 'Job not found' } })
  })
})

describe('a campaign and a client', () => {
  it("leaves what stands in another client's campaign, whoever it was added for", async () => {
    const { client } = await api.stranger()
    const { campaign: theirs } = await api.stranger()
    const asset = { name: 'a', type: 'image', clientId: client.id, campaignId: theirs.id }
    const { id } = await createAsset(api.db, asset)
    expect((await api.v3('DELETE', `/clients/${client.id}`)).status).toBe(204)
    expect((await api.v3('GET', `/assets/${id}`)).status).toBe(200)
  })

  it('are not deleted while they have jobs, which are named', async () => {
    const job = await api.job()
    for (const at of [`/campaigns/${api.campaign.id}`, `/clients/${api.client.id}`]) {
      const answer = await api.v3('DELETE', at)
      expect(answer).toMatchObject({
        status: 409,
        json: { error: { code: 'conflict', message: expect.stringContaining('jobs ') } },
      })
      expect((await api.v3('GET', at)).status).toBe(200)
    }
    expect((await api.v3('GET', `/jobs/${job.id}`)).status).toBe(200)
  })

  it('take what they own with them', async () => {
    const { client, campaign } = await api.stranger()
    const second = await createCampaign(api.db, { name: 'Second', clientId: client.id })
    const loose = await api.asset('image', { owner: client.id })
    const inCampaign = await api.asset('image', { owner: client.id })
    await api.db.asset.update({ where: { id: inCampaign.id }, data: { campaignId: campaign.id } })
    await api.db.apiKey.create({ data: { name: 'theirs', hash: 'h', role: 'creator', clientId: client.id } })

    expect((await api.v3('DELETE', `/campaigns/${campaign.id}`)).status).toBe(204)
    expect((await api.v3('GET', `/assets/${inCampaign.id}`)).status).toBe(404)
    expect(await api.isStored(inCampaign.blobHash)).toBe(false)
    expect((await api.v3('GET', `/assets/${loose.id}`)).status).toBe(200)
    expect((await api.v3('GET', `/clients/${client.id}/campaigns`)).json.data).toMatchObject([{ id: second.id }])

    expect((await api.v3('DELETE', `/clients/${client.id}`)).status).toBe(204)
    expect(await api.isStored(loose.blobHash)).toBe(false)
    for (const at of [
      `/clients/${client.id}`,
      `/clients/${client.id}/stats`,
      `/campaigns/${second.id}`,
      `/campaigns/${second.id}/assets`,
    ]) {
      expect(await api.v3('GET', at), at).toMatchObject({ status: 404, json: { error: { code: 'not_found' } } })
    }
    expect((await api.v3('PATCH', `/clients/${client.id}`, { name: 'Back' })).status).toBe(404)
    expect((await api.v3('PUT', `/campaigns/${second.id}`, { name: 'Back' })).status).toBe(404)
    expect((await api.v3('POST', '/campaigns', { name: 'New', client_id: client.id })).status).toBe(422)
    expect((await api.v3('GET', '/clients')).json.data.map(({ id }: { id: string }) => id)).not.toContain(client.id)
    expect(await api.db.apiKey.findFirst({ where: { clientId: client.id, revokedAt: null } })).toBeNull()
  })

  it('are deleted once their jobs are', async () => {
    const other = await startJobApi()
    const film = await other.film({ microUsd: 700_000 })
    expect((await other.v3('DELETE', `/campaigns/${other.campaign.id}`)).json.error.message).toContain(`job ${film.id}`)
    await other.v3('DELETE', `/jobs/${film.id}`)
    expect((await other.v3('DELETE', `/campaigns/${other.campaign.id}`)).status).toBe(204)
    expect((await other.v3('GET', `/clients/${other.client.id}/stats`)).json.data).toMatchObject({
      campaignCount: 0,
      totalSpend: 0.7,
    })
    expect((await other.v3('DELETE', `/clients/${other.client.id}`)).status).toBe(204)
    expect((await other.v3('GET', '/spending')).json.spent_total).toBe(0.7)
    await other.close()
  })

  it('keep pictures that a job of another campaign shows', async () => {
    const second = await createCampaign(api.db, { name: 'Second', clientId: api.client.id })
    const picture = await api.asset('image')
    await api.db.asset.update({ where: { id: picture.id }, data: { campaignId: second.id } })
    const job = await api.job()
    await api.v3('PATCH', `/jobs/${job.id}/storyboard/scenes/0`, { asset_ids: [picture.id] })
    expect((await api.v3('DELETE', `/campaigns/${second.id}`)).status).toBe(409)
    expect((await api.v3('GET', `/campaigns/${second.id}`)).status).toBe(200)
    expect(await api.isStored(picture.blobHash)).toBe(true)
  })

  it.each([UNKNOWN, 'nonsense'])('that are unknown are 404: %s', async (id) => {
    for (const [what, at] of [
      ['Client', 'clients'],
      ['Campaign', 'campaigns'],
    ]) {
      const json = { error: { message: `${what} not found`, code: 'not_found' } }
      expect(await api.v3('DELETE', `/${at}/${id}`)).toMatchObject({ status: 404, json })
      expect(await api.v3('GET', `/${at}/${id}/stats`)).toMatchObject({ status: 404, json })
    }
  })
})

interface Hashes {
  clipHash: string
  thumbnailHash: string
}

it('knows every column that names a blob: a new one must be looked at before bytes are removed', async () => {
  const schema = await readFile(path.join(import.meta.dirname, '../../prisma/schema.prisma'), 'utf8')
  const columns = [...schema.matchAll(/^model (\w+) \{(.*?)^\}/gms)].flatMap(([, model, body]) =>
    [...(body ?? '').matchAll(/^ +(\w+Hash)\s/gm)].map(([, column]) => `${model}.${column}`),
  )
  const stored = async (name: string) => {
    const { hash } = await api.blobs.put([Buffer.from(name)] as unknown as AsyncIterable<Uint8Array>)
    return hash
  }
  const hashes = await Promise.all(columns.map(stored))
  const named = Object.fromEntries(columns.map((column, n) => [column, hashes[n]]))
  const film = await api.film()
  const of = (model: string) =>
    Object.fromEntries(
      Object.entries(named).flatMap(([key, hash]) => (key.startsWith(`${model}.`) ? [[key.split('.')[1], hash]] : [])),
    )
  await api.db.job.update({ where: { id: film.id }, data: of('Job') })
  await api.db.scene.updateMany({ where: { jobId: film.id }, data: of('Scene') })
  await api.db.audioSegment.updateMany({ where: { jobId: film.id }, data: of('AudioSegment') })
  await api.db.asset.update({ where: { id: api.pictures[0].id }, data: of('Asset') })
  await api.db.revision.create({ data: { jobId: film.id, number: 1, kind: 'regenerate', ...of('Revision') } })
  const { id: sceneId } = await api.db.scene.findFirstOrThrow({ where: { jobId: film.id } })
  const clip = { clipSize: 1, clipDuration: 4, clipFrames: 96, predictionId: 'p', ...of('Take') }
  await api.db.take.create({ data: { sceneId, attempt: 1, ...(clip as typeof clip & Hashes) } })
  const transition = { fromClip: 'a', toClip: 'b', kind: 'crossfade', frames: 12, profile: '1280x720@24/1' }
  await api.db.renderedTransition.create({ data: { ...transition, blobHash: '', ...of('RenderedTransition') } })
  expect(columns.length).toBeGreaterThanOrEqual(10)
  expect([...(await referencedHashes(api.db, hashes))].sort()).toEqual([...hashes].sort())
})

it('names the jobs that are in the way, not all of many', () => {
  expect(namedJobs([4])).toBe('job 4')
  expect(namedJobs([4, 7])).toBe('jobs 4 and 7')
  expect(namedJobs([4, 7, 9, 10, 12])).toBe('jobs 4, 7, 9 and 2 more')
})

/** What the guide says erases the words of a deleted client. */
async function erasing(client: string): Promise<string[]> {
  const guide = await readFile(path.join(import.meta.dirname, '../../docs/operations.md'), 'utf8')
  const [, statements = ''] = /```sql\n(UPDATE "Client".*?)```/s.exec(guide) ?? []
  expect(statements).toContain('"Prediction"')
  return statements.replaceAll(':client', `'${client}'`).trim().split(';\n')
}

async function allText({ db }: JobApi): Promise<string> {
  const rows = await Promise.all([
    ...[db.client.findMany(), db.campaign.findMany(), db.job.findMany(), db.scene.findMany()],
    ...[db.take.findMany(), db.prediction.findMany(), db.jobEvent.findMany(), db.revision.findMany()],
    ...[db.sceneRevision.findMany(), db.note.findMany(), db.webhookDelivery.findMany(), db.asset.findMany()],
    ...[db.storyboardExchange.findMany(), db.jobPhoto.findMany()],
  ])
  return JSON.stringify(rows)
}

describe('all that a client has', () => {
  it('is deleted to the last byte, and its words are erased by the statements of docs/operations.md', async () => {
    const own = await startJobApi()
    const film = await own.film()
    await own.request(`/api/v3/jobs/${film.id}/contact-sheet`)
    const waiting = await own.job()
    for (const { id } of [film, waiting]) expect((await own.v3('DELETE', `/jobs/${id}`)).status).toBe(204)
    expect((await own.v3('DELETE', `/clients/${own.client.id}`)).status).toBe(204)
    // What a release that kept a storyboard although its job was gone has left behind.
    const late = { jobId: waiting.id, promptVersion: 'v1', model: 'grok', messages: ['a bungalow'], problems: [] }
    await own.db.storyboardExchange.create({ data: { ...late, number: 1, dropped: [] } })
    await own.db.jobPhoto.create({ data: { jobId: waiting.id, assetId: 'a', name: 'the pool', position: 0 } })
    expect(await Array.fromAsync(own.blobs.list())).toEqual([])

    const words = ['prompted', 'described', 'piano', 'Anna', 'bungalow', 'the pool', own.client.name, own.campaign.name]
    const spent = async () => (await own.db.prediction.aggregate({ _sum: { priceMicroUsd: true } }))._sum
    const before = await spent()
    const kept = async () => {
      const text = await allText(own)
      return words.filter((word) => text.includes(word))
    }
    expect(await kept()).toEqual(words)
    for (const statement of await erasing(own.client.id)) await own.db.$executeRawUnsafe(statement)
    expect(await kept()).toEqual([])
    expect(await spent()).toEqual(before)
    expect((await own.v3('GET', '/spending')).status).toBe(200)
    await own.close()
  })
})
