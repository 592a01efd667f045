import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { type Simulator, startSimulator } from '../../simulator/index.ts'
import { clientOf, ended, listen, MUSICGEN, photo, simulate, until, VEO } from './support.ts'

const HANG = [{ fault: { kind: 'hang' as const } }]

describe('predictions, through the real client', () => {
  // Five seconds is the shortest deadline there is: it passes while the other tests run.
  let limited: Simulator
  beforeAll(async () => {
    limited = await startSimulator({ faults: HANG })
    const replicate = clientOf(limited, (url, init) => {
      const headers = new Headers(init?.headers)
      headers.set('Cancel-After', '5s')
      return fetch(url, { ...init, headers })
    })
    await replicate.predictions.create(VEO)
  })
  afterAll(() => limited.stop())

  it('go from starting over processing to succeeded', async () => {
    const { replicate } = await simulate({ fast: true, renderMs: 300 })
    const created = await replicate.predictions.create(VEO)
    expect(created).toMatchObject({ status: 'starting', version: 'hidden', output: null, error: null })
    const seen = new Set<string>([created.status])
    const done = await replicate.wait(created, { interval: 20 }, async ({ status }) => seen.add(status) && false)
    expect([...seen, done.status]).toEqual(['starting', 'processing', 'succeeded'])
    expect(done.input).toEqual(VEO.input)
    expect(done.metrics?.predict_time).toBeGreaterThanOrEqual(0.29)
    const times = [done.created_at, done.started_at, done.completed_at].map((time) => Date.parse(time ?? ''))
    expect(times).toEqual(times.toSorted((a, b) => a - b))
    const video = await fetch(String(done.output))
    expect(video.headers.get('content-type')).toBe('video/mp4')
    expect(await video.bytes()).toHaveLength(Number(video.headers.get('content-length')))
  })

  it('are waited for when the client prefers to', async () => {
    const { replicate } = await simulate({ fast: true })
    expect((await replicate.predictions.create({ ...VEO, wait: true })).status).toBe('succeeded')
    const { replicate: slow } = await simulate({ faults: HANG })
    expect((await slow.predictions.create({ ...VEO, wait: 1 })).status).toBe('starting')
  })

  it('are listed newest first, a hundred a page, forwards and backwards', async () => {
    const { replicate, sim } = await simulate({ faults: HANG })
    const ids: string[] = []
    for (let n = 0; n < 205; n++) ids.unshift((await replicate.predictions.create(VEO)).id)
    const pages: string[][] = []
    for await (const page of replicate.paginate(replicate.predictions.list)) pages.push(page.map(({ id }) => id))
    expect(pages.map(({ length }) => length)).toEqual([100, 100, 5])
    expect(pages.flat()).toEqual(ids)

    const second = await get(`${(await replicate.predictions.list()).next}`)
    const first = await get(second.previous)
    expect(first.results.map(({ id }: { id: string }) => id)).toEqual(pages[0])
    expect(first.previous).toBeNull()

    const { created_at } = await replicate.predictions.get(ids[50] ?? '')
    const older = await get(`${sim.url}/v1/predictions?created_before=${created_at}`)
    const newer = await get(`${sim.url}/v1/predictions?created_after=${created_at}`)
    expect(older.results.every((item: { created_at: string }) => item.created_at < created_at)).toBe(true)
    expect(newer.results.map(({ id }: { id: string }) => id)).toContain(ids[50])
    expect(newer.results[0].input).toEqual(VEO.input)
  })

  it('are canceled: billed when they ran, not when they had not started', async () => {
    const { replicate, sim } = await simulate({ faults: HANG })
    const early = await replicate.predictions.create(VEO)
    expect((await replicate.predictions.cancel(early.id)).status).toBe('canceled')
    const late = await replicate.predictions.create(VEO)
    await until(() => sim.bill().predictions[1]?.status === 'processing')
    expect((await replicate.predictions.cancel(late.id)).status).toBe('canceled')
    expect(sim.bill().predictions.map(({ billed }) => billed)).toEqual([false, true])
    expect(sim.bill()).toMatchObject({ count: 1, total_usd: 1.6 })
  })

  it('lose input and output some time after their end', async () => {
    const { replicate, sim } = await simulate({ fast: true, outputTtlMs: 3_000 })
    const done = await replicate.wait(await replicate.predictions.create(VEO), { interval: 10 })
    expect((await fetch(String(done.output))).status).toBe(200)
    while ((await fetch(String(done.output))).status !== 404) await sleep(100)
    expect(await replicate.predictions.get(done.id)).toMatchObject({ data_removed: true, input: {}, output: null })
    expect((await replicate.predictions.list()).results[0]?.input).toEqual({})
    expect(sim.bill().predictions[0]?.input).toEqual(VEO.input)
  })

  it('and their bill survive a restart, and what was running runs again', async () => {
    const dir = await mkdtemp(path.join(tmpdir(), 'simulator-test-'))
    onTestFinished(() => rm(dir, { recursive: true, force: true }))
    const before = await startSimulator({ dir, fast: true })
    const done = await clientOf(before).predictions.create({ ...VEO, wait: true })
    await before.stop()
    const slow = await startSimulator({ dir, fast: true, renderMs: 60_000 })
    const running = await clientOf(slow).predictions.create(VEO)
    await until(() => slow.bill().predictions[1]?.status === 'processing')
    await slow.stop()

    const { sim, replicate } = await simulate({ dir, fast: true })
    expect(sim.bill().predictions[0]).toMatchObject({ id: done.id, billed: true, price_usd: 1.6 })
    expect((await replicate.wait(running, { interval: 10 })).status).toBe('succeeded')
    expect((await fetch(String((await replicate.predictions.get(done.id)).output))).status).toBe(200)
    expect(sim.bill().count).toBe(2)
  })

  it('end at the deadline of Cancel-After', async () => {
    const [line] = limited.bill().predictions
    const prediction = await ended(clientOf(limited), { id: line?.id ?? '' })
    expect(prediction.status).toBe('canceled')
    const deadline = Date.parse(String(Reflect.get(prediction, 'deadline')))
    expect(deadline - Date.parse(prediction.created_at)).toBe(5000)
    // A timer may go off a millisecond before its time.
    expect(Date.parse(prediction.completed_at ?? '')).toBeGreaterThanOrEqual(deadline - 1)
  })
})

describe('input', () => {
  const refused = async (model: string, input: object): Promise<string> => {
    const { replicate, sim } = await simulate({ fast: true })
    const created = model === 'meta/musicgen' ? { version: MUSICGEN, input } : { model, input }
    const error = await replicate.predictions.create(created).then(
      () => 'accepted',
      (thrown: Error) => thrown.message,
    )
    expect(sim.bill().predictions).toHaveLength(error === 'accepted' ? 1 : 0)
    return error
  }

  it.each([
    ['google/veo-3.1', { duration: 8 }, 'prompt is required'],
    ['google/veo-3.1', { prompt: 'x', duration: 5 }, 'duration must be one of the following: 4, 6, 8'],
    ['google/veo-3.1', { prompt: 'x', duration: '8' }, 'Expected: integer, given: string'],
    ['google/veo-3.1', { prompt: 'x', aspect_ratio: '1:1' }, 'input.aspect_ratio'],
    ['google/veo-3.1', { prompt: 'x', last_frame: 'http://localhost/a.png' }, 'image is required with last_frame'],
    ['google/veo-3', { prompt: 'x', last_frame: 'http://localhost/a.png' }, 'Additional property last_frame'],
    ['minimax/hailuo-02', { prompt: 'x', seed: 3 }, 'Additional property seed is not allowed'],
    ['minimax/hailuo-02', { prompt: 'x', duration: 10, resolution: '1080p' }, '10 seconds are only available at 768p'],
    ['meta/musicgen', { prompt: 'x', output_format: 'ogg' }, 'output_format must be one of'],
  ])('of %s that is not allowed (%j) is refused and not billed', async (model, input, reason) => {
    const message = await refused(model, input)
    expect(message).toContain('422')
    expect(message).toContain('"title":"Input validation failed"')
    expect(message).toContain('"invalid_fields"')
    expect(message).toContain(reason)
  })

  it('to a community model by name, to an unknown version, or without a key is refused', async () => {
    const { sim, replicate } = await simulate()
    await expect(replicate.predictions.create({ model: 'meta/musicgen', input: {} })).rejects.toThrow('404')
    await expect(replicate.predictions.create({ version: 'a'.repeat(64), input: {} })).rejects.toThrow(
      'Invalid version or not permitted',
    )
    const keyless = await fetch(`${sim.url}/v1/predictions`)
    expect(keyless.status).toBe(401)
    expect(await keyless.json()).toMatchObject({ title: 'Unauthenticated', status: 401 })
  })

  it('is fetched when the prediction runs; what is no picture fails it, unbilled', async () => {
    const { replicate, sim } = await simulate({ fast: true })
    const photos = await listen()
    const failing = await listen(({ url }) => ({ status: url === '/missing.jpg' ? 404 : 200, body: 'no picture' }))
    const run = async (image: string) =>
      ended(replicate, await replicate.predictions.create({ ...VEO, input: { ...VEO.input, image } }))
    expect((await run(`${photos.url}/china.jpg?t=token`)).status).toBe('succeeded')
    expect(photos.received.map(({ url }) => url)).toEqual(['/china.jpg?t=token'])
    expect(await run(`${failing.url}/missing.jpg`)).toMatchObject({
      status: 'failed',
      error: expect.stringContaining('404 Client Error'),
    })
    expect((await run(`${failing.url}/page.html`)).error).toContain('cannot identify image file')
    expect((await run('http://127.0.0.1:1/closed.png')).error).toContain('Max retries exceeded')
    expect((await run(`data:image/png;base64,${(await photo('coffee.png')).toString('base64')}`)).status).toBe(
      'succeeded',
    )
    expect(sim.bill().count).toBe(2)
  })

  it('can be uploaded, listed, used and deleted', async () => {
    const { replicate } = await simulate({ fast: true })
    const bytes = new Uint8Array(await photo('flower.jpg'))
    const file = await replicate.files.create(new File([bytes], 'flower.jpg', { type: 'image/jpeg' }), { scene: 1 })
    expect(file).toMatchObject({ size: bytes.length, content_type: 'image/jpeg', metadata: { scene: 1 } })
    expect((await replicate.files.list()).results.map(({ id }) => id)).toEqual([file.id])
    const done = await replicate.predictions.create({
      ...VEO,
      input: { ...VEO.input, image: file.urls.get },
      wait: true,
    })
    expect(done.status).toBe('succeeded')
    const download = await fetch(`${file.urls.get}/download`, { headers: { authorization: 'Token a-key' } })
    expect(await download.bytes()).toEqual(bytes)
    expect(await replicate.files.delete(file.id)).toBe(true)
    await expect(replicate.files.get(file.id)).rejects.toThrow('File not found')
  })
})

async function get(url: string) {
  const response = await fetch(url, { headers: { authorization: 'Bearer a-key' } })
  expect(response.status).toBe(200)
  return (await response.json()) as {
    next: string
    previous: string
    results: { id: string; created_at: string; input: object }[]
  } & { results: [{ input: object }] }
}
