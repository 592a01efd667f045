/** The HTTP API: `createApp(deps)` makes it, and never listens. */
import { assetRoutes } from './assets/index.ts'
import { audioRoutes } from './audio/index.ts'
import { requireKey } from './auth.ts'
import { campaignRoutes } from './campaigns/index.ts'
import { clientRoutes } from './clients/index.ts'
import type { ApiDeps } from './deps.ts'
import { answerError } from './errors.ts'
import { healthRoutes } from './health.ts'
import { jobRoutes } from './jobs/index.ts'
import { limitJsonBody } from './json-body.ts'
import { serveOpenApi } from './openapi.ts'
import { guardHost, guardOrigin } from './origin.ts'
import { logRequests } from './request-log.ts'
import { createRouter, type Router } from './router.ts'
import { refuseUnmatched } from './unmatched.ts'
import { videoRoutes } from './videos/index.ts'
import { webhookRoutes } from './webhooks/index.ts'

export function createApp(deps: ApiDeps): Router {
  const app = createRouter()
  app.onError(answerError)
  app.use(logRequests(deps))
  app.use(guardHost(deps.config))
  app.use(guardOrigin(deps.config))
  app.use(requireKey(deps.config))
  app.use(limitJsonBody)

  app.route('/', healthRoutes(deps))
  app.route('/api/v3', clientRoutes(deps))
  app.route('/api/v3', campaignRoutes(deps))
  app.route('/api/v3', assetRoutes(deps))
  app.route('/api/v3', jobRoutes(deps))
  app.route('/api/v3', videoRoutes(deps))
  app.route('/api/v3', audioRoutes(deps))
  app.route('/api/webhooks', webhookRoutes(deps))

  serveOpenApi(app)
  app.notFound(refuseUnmatched(app))
  return app
}
