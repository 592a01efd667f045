/** The simulator's own routes: the bill, the faults, and a fresh start. They need no key. */

import { Hono } from 'hono'
import { z } from 'zod'
import type { ChatBill } from '../chat-log.ts'
import type { Env, Simulation } from '../context.ts'
import type { Prediction } from '../predictions.ts'

export interface Bill {
  predictions: BillLine[]
  /** USD. */
  total_usd: number
  /** How many were billed. */
  count: number
  /** What x.ai's model was asked; not part of the total. */
  chats: ChatBill
}

export interface BillLine extends Pick<Prediction, 'id' | 'model' | 'input' | 'status' | 'billed' | 'created_at'> {
  number: number
  /** What it was billed at, in USD; 0 when it wasn't. */
  price_usd: number
  /** Seconds of video or music. */
  seconds: number
}

/** Every prediction ever created, oldest first, with its input as it was received, and what they cost in all. */
export function billOf({ store, chats }: Pick<Simulation, 'store' | 'chats'>): Bill {
  const predictions = store
    .all()
    .map(({ id, number, model, input, status, billed, price_usd, created_at, seconds }) => {
      return { id, number, model, input, status, billed, price_usd, created_at, seconds }
    })
  const microUsd = predictions.reduce((sum, { price_usd }) => sum + Math.round(price_usd * 1e6), 0)
  const count = predictions.filter(({ billed }) => billed).length
  return { predictions, total_usd: microUsd / 1e6, count, chats: chats.bill() }
}

/** Forgets every prediction, file, output and fault. */
export async function reset({ runner, store, uploads, outputs, faults, creates, chats }: Simulation): Promise<void> {
  await runner.abandonAll()
  store.clear()
  creates.clear()
  chats.clear()
  faults.set([])
  await Promise.all([uploads.clear(), outputs.clear()])
}

export function controlRoutes(simulation: Simulation): Hono<Env> {
  const { faults, creates } = simulation
  const routes = new Hono<Env>()
  routes.get('/bill', (c) => c.json(billOf(simulation)))
  routes.get('/load', (c) => c.json(creates.load()))
  routes.get('/faults', (c) => c.json({ rules: faults.list() }))
  routes.put('/faults', async (c) => {
    const rules: unknown = await c.req.json().catch(() => null)
    try {
      faults.set(rules)
    } catch (error) {
      if (!(error instanceof z.ZodError)) throw error
      return c.json({ error: `Not a list of fault rules: ${z.prettifyError(error)}` }, 422)
    }
    return c.json({ rules: faults.list() })
  })
  routes.delete('/faults', (c) => {
    faults.set([])
    return c.json({ rules: [] })
  })
  routes.post('/reset', async (c) => {
    await reset(simulation)
    return c.json({ ok: true })
  })
  return routes
}
