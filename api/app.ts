/** The HTTP API: `createApp(deps)` makes it, and never listens. */
import { sessionSecret } from '../prisma/queries/session-secret.ts'
import { tracingNow } from '../telemetry/tracing.ts'
import { assetRoutes } from './assets/index.ts'
import { audioRoutes } from './audio/index.ts'
import { scopedDatabase } from './auth/caller-scope.ts'
import { createKeyring } from './auth/keyring.ts'
import { checkPermission } from './auth/permissions.ts'
import { requireKey } from './auth/require-key.ts'
import { campaignRoutes } from './campaigns/index.ts'
import { clientRoutes } from './clients/index.ts'
import { answerInTime } from './deadline.ts'
import type { ApiDeps } from './deps.ts'
import { docsRoutes } from './docs/index.ts'
import { answerError } from './errors.ts'
import { createEventFeed } from './events/event-feed.ts'
import { eventRoutes } from './events/index.ts'
import { healthRoutes } from './health.ts'
import { repeatSafely } from './idempotency/index.ts'
import { inTurn } from './in-turn.ts'
import { jobRoutes } from './jobs/index.ts'
import { limitJsonBody } from './json-body.ts'
import { limitInFlight } from './limits/in-flight.ts'
import { limitRate } from './limits/rate-limit.ts'
import { answerLocalScrapes, metricsRoutes } from './metrics/index.ts'
import { createMeasures } from './metrics/measures.ts'
import { modelRoutes } from './models/index.ts'
import { noteRoutes } from './notes/index.ts'
import { openApiRoutes } from './openapi.ts'
import { guardHost, guardOrigin } from './origin.ts'
import { predictionRoutes } from './predictions/index.ts'
import { logRequests } from './request-log.ts'
import { createRouter } from './router.ts'
import { sessionRoutes } from './session/index.ts'
import { spendingRoutes } from './spending/index.ts'
import { studioFiles } from './studio/files.ts'
import { serveStudio, signInFirst } from './studio/index.ts'
import { traceRequests } from './trace-requests.ts'
import { refuseUnmatched, refuseWrongMethod } from './unmatched.ts'
import { videoRoutes } from './videos/index.ts'
import { webhookRoutes } from './webhooks/index.ts'

/** The app with every route in its type, for a typed client. */
export type App = ReturnType<typeof createApp>

export function createApp(whole: ApiDeps) {
  const { config } = whole
  const keyring = createKeyring(whole)
  const feed = createEventFeed(whole)
  const measures = createMeasures({ ...whole, feed })
  const secret = () => sessionSecret(whole.db)
  /** What routes get: their database shows each caller only what the caller may see. */
  const deps = { ...whole, db: scopedDatabase(whole.db) }
  // Read by now when the first page is asked for.
  studioFiles().catch(() => {})
  const app = createRouter()
  app.onError(answerError)
  // First, so that the log names the trace.
  const tracing = tracingNow()
  if (tracing) app.use(traceRequests(tracing))
  app.use(inTurn(logRequests(deps), measures.time))
  // Apart from the next, so that what those refuse is answered with the headers of CORS.
  app.use(inTurn(guardHost(config), guardOrigin(config)))
  app.use(
    inTurn(
      answerInTime,
      limitInFlight(config),
      answerLocalScrapes(measures),
      signInFirst,
      requireKey(config, keyring, secret),
      limitRate(config),
      checkPermission,
      serveStudio(deps),
      refuseWrongMethod(app),
      limitJsonBody(config),
      repeatSafely(whole, app),
    ),
  )

  const v3 = createRouter().openapiRoutes([
    ...sessionRoutes({ config, keyring, secret }),
    ...clientRoutes(deps),
    ...campaignRoutes(deps),
    ...assetRoutes(deps),
    ...jobRoutes(deps),
    ...videoRoutes(deps),
    ...noteRoutes(deps),
    ...audioRoutes(deps),
    ...modelRoutes(deps),
    ...spendingRoutes(deps),
    ...predictionRoutes(deps),
    ...eventRoutes(deps, feed, whole.db),
  ])
  const routes = app
    .openapiRoutes([
      ...healthRoutes(deps),
      ...metricsRoutes(measures),
      ...docsRoutes(),
      ...openApiRoutes(app),
      ...webhookRoutes(deps),
    ])
    .route('/api/v3', v3)

  app.notFound(refuseUnmatched(app))
  return routes
}
