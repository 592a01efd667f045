import { describe, expect, it } from 'vitest'
import { asServer, inScopeOf } from '../../api/auth/caller-scope.ts'
import { keepWhileUnchanged } from '../../api/read-cache.ts'
import { openDatabase } from '../../prisma/client.ts'
import { startTestApi } from '../support/test-api.ts'
import { oneOfEverything } from './two-clients.ts'

/** Rows that hold one number, and count how often they are read. */
function rows() {
  const state = { value: 1, version: 0, reads: 0 }
  return {
    state,
    changes: { stamp: () => state.version, close() {} },
    write(value: number) {
      state.value = value
      state.version++
    },
    async read() {
      state.reads++
      return state.value
    },
  }
}

describe('what was read', () => {
  it('is kept, key by key, until a commit', async () => {
    const { state, changes, write, read } = rows()
    const kept = keepWhileUnchanged(changes, read)
    await asServer(async () => {
      expect([await kept('a'), await kept('a'), await kept('b')]).toEqual([1, 1, 1])
      expect(state.reads).toBe(2)
      write(2)
      expect(await kept('a')).toBe(2)
    })
  })

  it('is read once for all who ask at the same time', async () => {
    const { state, changes, read } = rows()
    const kept = keepWhileUnchanged(changes, read)
    await asServer(() => Promise.all([kept('a'), kept('a'), kept('a')]))
    expect(state.reads).toBe(1)
  })

  it('is not kept when it was overtaken by a commit', async () => {
    const { state, changes, write } = rows()
    let finish = () => {}
    const kept = keepWhileUnchanged(changes, (_: string) => {
      const seen = state.value
      return new Promise<number>((resolve) => (finish = () => resolve(seen)))
    })
    await asServer(async () => {
      const overtaken = kept('a')
      write(2)
      finish()
      expect(await overtaken).toBe(1)
      const fresh = kept('a')
      finish()
      expect(await fresh).toBe(2)
    })
  })

  it('is not kept when reading failed', async () => {
    const { changes } = rows()
    let broken = true
    const kept = keepWhileUnchanged(changes, async (_: string) => {
      if (broken) throw new Error('down')
      return 'read'
    })
    await asServer(async () => {
      await expect(kept('a')).rejects.toThrow('down')
      broken = false
      expect(await kept('a')).toBe('read')
    })
  })

  it('is kept for each client apart', async () => {
    const { state, changes, read } = rows()
    const kept = keepWhileUnchanged(changes, read)
    await inScopeOf('mine', () => kept('a'))
    await inScopeOf('theirs', () => kept('a'))
    await asServer(() => kept('a'))
    expect(state.reads).toBe(3)
  })

  it('is not kept without bound', async () => {
    const { state, changes, read } = rows()
    const kept = keepWhileUnchanged(changes, read)
    await asServer(async () => {
      for (let id = 0; id <= 500; id++) await kept(id)
      await kept(0)
    })
    expect(state.reads).toBe(502)
  })
})

describe('GET /jobs/:id', () => {
  it('shows at once what another process wrote, each time that it writes', async () => {
    const api = await startTestApi()
    const worker = await openDatabase(api.deps.config.database)
    const { job } = await oneOfEverything(api, 'Harbour Homes')
    for (const percentage of [10, 20, 30, 40]) {
      await worker.job.update({ where: { id: job.id }, data: { percentage } })
      for (const _ of [1, 2]) {
        const { json } = await api.call('GET', `/api/v3/jobs/${job.id}`)
        expect(json.progress.percentage).toBe(percentage)
      }
    }
    await worker.prediction.updateMany({ data: { state: 'succeeded', priceMicroUsd: 5_000_000 } })
    expect((await api.call('GET', `/api/v3/jobs/${job.id}`)).json.costs.actual).toBe(5)
    await worker.job.update({ where: { id: job.id }, data: { deletedAt: new Date() } })
    expect((await api.call('GET', `/api/v3/jobs/${job.id}`)).status).toBe(404)
    await worker.$disconnect()
    await api.close()
  })
})
