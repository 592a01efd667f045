/** All routes of the simulator in one app. */

import { Hono } from 'hono'
import type { Env, Simulation } from './context.ts'
import { httpFaults } from './http-faults.ts'
import { notFound, Problem, unauthenticated } from './problems.ts'
import { chatRoutes } from './routes/chat.ts'
import { controlRoutes } from './routes/control.ts'
import { outputRoutes, uploadRoutes } from './routes/files.ts'
import { predictionRoutes } from './routes/predictions.ts'

export function createApp(simulation: Simulation): Hono<Env> {
  const app = new Hono<Env>()
  app.onError((error) => {
    if (error instanceof Problem) return error.toResponse()
    return new Problem(500, { title: 'Simulator error', detail: String(error) }).toResponse()
  })
  app.notFound(() => notFound().toResponse())

  app.route('/simulator', controlRoutes(simulation))
  app.use(httpFaults(simulation))
  app.route('/files/out', outputRoutes(simulation))
  app.route('/v1', chatRoutes(simulation))
  app.use('/v1/*', async (c, next) => {
    if (!/^(Bearer|Token) \S/i.test(c.req.header('authorization') ?? '')) throw unauthenticated()
    await next()
  })
  app.get('/v1/account', (c) => c.json({ type: 'user', username: 'simulator', name: 'Greenlight simulator' }))
  app.get('/v1/webhooks/default/secret', (c) => c.json({ key: simulation.webhooks.secret }))
  app.route('/v1', predictionRoutes(simulation))
  app.route('/v1', uploadRoutes(simulation))
  return app
}
