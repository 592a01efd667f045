import { describe, expect, it } from 'vitest'
import type { FaultRule } from '../../simulator/index.ts'
import { clientOf, ended, simulate, until, VEO } from './support.ts'

/** One POST, as the client would send it, without its retries. */
function post(url: string, prompt = 'A quiet sea', signal?: AbortSignal): Promise<Response> {
  return fetch(`${url}/v1/models/google/veo-3.1/predictions`, {
    method: 'POST',
    headers: { authorization: 'Bearer a-key', 'content-type': 'application/json' },
    body: JSON.stringify({ input: { ...VEO.input, prompt } }),
    ...(signal && { signal }),
  })
}

const withFaults = (...faults: FaultRule[]) => simulate({ fast: true, faults })

describe('faults of an exchange', () => {
  it('refuse with 429 and retry_after, 402 and 500 before anything is created', async () => {
    const { sim } = await withFaults(
      { match: { nth: 1 }, fault: { kind: 'status', status: 429, retry_after: 7 } },
      { match: { nth: 2 }, fault: { kind: 'status', status: 402 } },
      { match: { nth: 3 }, fault: { kind: 'status', status: 500 } },
    )
    const throttled = await post(sim.url)
    expect(throttled.status).toBe(429)
    expect(await throttled.json()).toMatchObject({
      detail: expect.stringMatching(/^Request was throttled/),
      status: 429,
      retry_after: 7,
    })
    expect((await post(sim.url)).status).toBe(402)
    expect((await post(sim.url)).status).toBe(500)
    expect(sim.bill().predictions).toHaveLength(0)
    expect((await post(sim.url)).status).toBe(201)
  })

  it('come as a storm in the middle of a run', async () => {
    const { sim } = await withFaults({ match: { from: 2 }, times: 2, fault: { kind: 'status', status: 429 } })
    const statuses: number[] = []
    for (let n = 0; n < 4; n++) statuses.push((await post(sim.url)).status)
    expect(statuses).toEqual([201, 429, 429, 201])
  })

  it('break the connection before, or after the prediction was created', async () => {
    const { sim } = await withFaults(
      { match: { promptIncludes: 'before' }, fault: { kind: 'reset', when: 'before' } },
      { match: { promptIncludes: 'after' }, fault: { kind: 'reset', when: 'after' } },
    )
    await expect(post(sim.url, 'reset before')).rejects.toThrow('fetch failed')
    expect(sim.bill().predictions).toHaveLength(0)
    await expect(post(sim.url, 'reset after')).rejects.toThrow('fetch failed')
    expect(sim.bill().predictions.map(({ input }) => input.prompt)).toEqual(['reset after'])
  })

  it('show that the real client buys several times when answers are lost', async () => {
    const { sim } = await withFaults({ fault: { kind: 'reset', when: 'after' } })
    await expect(clientOf(sim).predictions.create(VEO)).rejects.toThrow()
    expect(sim.bill().predictions.length).toBeGreaterThan(1)
  })

  it('hold the answer, and create the prediction at once or later, whether or not the client waits', async () => {
    const { sim } = await withFaults(
      { match: { promptIncludes: 'now' }, fault: { kind: 'stall' } },
      { match: { promptIncludes: 'later' }, fault: { kind: 'stall', then_ms: 1_000, hold_ms: 0 } },
    )
    const leave = async (prompt: string, when: () => boolean) => {
      const gone = new AbortController()
      const left = expect(post(sim.url, prompt, gone.signal)).rejects.toThrow('aborted')
      await until(when)
      gone.abort()
      await left
    }
    await leave('now', () => sim.bill().predictions.length === 1)
    await leave('later', () => sim.load().creates === 2)
    expect(sim.bill().predictions).toHaveLength(1)
    await until(() => sim.bill().predictions.length === 2)
    expect((await post(sim.url, 'later')).status).toBe(201)
  })

  it('strike other routes by their path, and cut a download midway', async () => {
    const { sim, replicate } = await withFaults(
      { match: { method: 'GET', path: '/v1/predictions/*' }, times: 1, fault: { kind: 'status', status: 503 } },
      { match: { path: '/files/out/*' }, times: 1, fault: { kind: 'reset', when: 'midway' } },
    )
    const { id, output } = await replicate.predictions.create({ ...VEO, wait: true })
    const read = () => fetch(`${sim.url}/v1/predictions/${id}`, { headers: { authorization: 'Bearer a-key' } })
    expect((await read()).status).toBe(503)
    expect((await read()).status).toBe(200)
    await expect(fetch(String(output)).then((response) => response.bytes())).rejects.toThrow()
    const whole = await fetch(String(output)).then((response) => response.bytes())
    const rest = await fetch(String(output), { headers: { range: 'bytes=1000-' } })
    expect(rest.status).toBe(206)
    expect(await rest.bytes()).toEqual(whole.subarray(1000))
  })
})

describe('faults of a prediction', () => {
  const outcome = async (fault: FaultRule['fault']) => {
    const { sim, replicate } = await withFaults({ fault })
    const prediction = await ended(replicate, await replicate.predictions.create(VEO))
    return { ...prediction, billed: sim.bill().predictions[0]?.billed }
  }

  it('fail it, unbilled, for the reason that is asked for', async () => {
    const failed = { status: 'failed', billed: false, output: null }
    expect(await outcome({ kind: 'fail', error: 'moderation' })).toMatchObject({
      ...failed,
      error: expect.stringMatching(/sensitive.*E005/),
    })
    expect(await outcome({ kind: 'fail', error: 'internal' })).toMatchObject({
      ...failed,
      error: expect.stringMatching(/code: PA/),
    })
    expect(await outcome({ kind: 'fail', error: 'CUDA out of memory' })).toMatchObject({
      ...failed,
      error: 'CUDA out of memory',
    })
  })

  it('abort it before it starts, unbilled', async () => {
    const aborted = await outcome({ kind: 'abort' })
    expect(aborted).toMatchObject({ status: 'aborted', billed: false })
    expect(aborted.started_at).toBeUndefined()
  })

  it('leave it hanging until it is canceled', async () => {
    const { sim, replicate } = await withFaults({ fault: { kind: 'hang' } })
    const { id } = await replicate.predictions.create(VEO)
    await until(() => sim.bill().predictions[0]?.status === 'processing')
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect((await replicate.predictions.get(id)).status).toBe('processing')
    expect((await replicate.predictions.cancel(id)).status).toBe('canceled')
  })

  it('truncate its output, or lose it', async () => {
    const { replicate } = await withFaults(
      { match: { promptIncludes: 'short' }, fault: { kind: 'output', action: 'truncate' } },
      { match: { promptIncludes: 'gone' }, fault: { kind: 'output', action: 'gone' } },
    )
    const sizeOf = async (prompt: string) => {
      const { output } = await replicate.predictions.create({ ...VEO, input: { ...VEO.input, prompt }, wait: true })
      const response = await fetch(String(output))
      return response.ok ? (await response.bytes()).length : response.status
    }
    const whole = await sizeOf('whole')
    expect(await sizeOf('short')).toBe(Math.floor(whole / 2))
    expect(await sizeOf('gone')).toBe(404)
    expect(await sizeOf('whole again')).toBe(whole)
  })
})

describe('fault rules', () => {
  it('are read and set by the control routes, and a malformed one is refused by name', async () => {
    const { sim } = await simulate({ fast: true })
    const control = (method: string, body?: unknown) =>
      fetch(`${sim.url}/simulator/faults`, { method, ...(body !== undefined && { body: JSON.stringify(body) }) })
    const rule = { match: { promptIncludes: 'sea' }, times: 1, fault: { kind: 'status', status: 500 } }
    expect((await control('PUT', [rule])).status).toBe(200)
    expect((await post(sim.url)).status).toBe(500)
    expect((await post(sim.url)).status).toBe(201)
    expect(await (await control('GET')).json()).toMatchObject({ rules: [{ ...rule, matched: 2, struck: 1 }] })
    const refused = await control('PUT', [{ fault: { kind: 'latency' } }])
    expect(refused.status).toBe(422)
    expect(await refused.text()).toContain('[0].fault.ms')
    await control('DELETE')
    expect(await (await control('GET')).json()).toEqual({ rules: [] })
  })

  it('strike by chance, the same way for the same seed', async () => {
    const draw = async (seed: number) => {
      const { sim } = await withFaults({ probability: 0.5, seed, fault: { kind: 'status', status: 500 } })
      const statuses: number[] = []
      for (let n = 0; n < 16; n++) statuses.push((await post(sim.url)).status)
      return statuses
    }
    const once = await draw(1)
    expect(new Set(once)).toEqual(new Set([201, 500]))
    expect(await draw(1)).toEqual(once)
    expect(await draw(2)).not.toEqual(once)
  })

  it('are not needed for a limit on creates', async () => {
    const { sim } = await simulate({ fast: true, createsPerMinute: 2 })
    expect([(await post(sim.url)).status, (await post(sim.url)).status]).toEqual([201, 201])
    const third = await post(sim.url)
    expect(third.status).toBe(429)
    expect(await third.json()).toMatchObject({ retry_after: expect.closeTo(60, -1) })
    const load = await (await fetch(`${sim.url}/simulator/load`)).json()
    expect(load).toEqual({ creates: 3, over_limit: 1, most_in_a_minute: 3, most_in_ten_seconds: 3 })
    expect(sim.load()).toEqual(load)
  })

  it('end with a reset, as does everything else', async () => {
    const { sim, replicate } = await withFaults({ match: { nth: 2 }, fault: { kind: 'hang' } })
    await replicate.predictions.create({ ...VEO, wait: true })
    await replicate.predictions.create(VEO)
    await fetch(`${sim.url}/simulator/reset`, { method: 'POST' })
    expect(sim.bill()).toMatchObject({ predictions: [], total_usd: 0, count: 0, chats: { count: 0 } })
    const bill = await fetch(`${sim.url}/simulator/bill`)
    expect(await bill.json()).toEqual(sim.bill())
    expect((await replicate.predictions.create({ ...VEO, wait: true })).status).toBe('succeeded')
  })
})
