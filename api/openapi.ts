/** The OpenAPI document, generated from the schemas that the routes validate with. */
import { createRoute, z } from '@hono/zod-openapi'
import { SESSION_COOKIE } from './auth/session-cookie.ts'
import { withCommonRefusals } from './common-refusals.ts'
import { withExamples } from './examples.ts'
import { json } from './responses.ts'
import { endpoint, type Handles, type Router } from './router.ts'

const DESCRIPTION =
  'Fields of request bodies are taken in snake_case and in camelCase, and unknown ones are ignored. ' +
  'A wrong method is answered with 405 and Allow.'

const TAGS = [
  { name: 'Clients', description: 'Those for whom campaigns are run' },
  { name: 'Campaigns', description: 'The photos, the brief and the jobs that belong together' },
  { name: 'Assets', description: 'The images, videos and sounds that films are made from' },
  { name: 'Jobs', description: 'One film each: its storyboard is approved, then it is rendered' },
  { name: 'Scenes', description: 'The storyboard, scene by scene' },
  { name: 'Videos', description: 'Finished films, their clips and stills' },
  { name: 'Notes', description: 'What people say of moments of a film' },
  { name: 'Audio', description: 'The music of films' },
  { name: 'Events', description: 'Live progress, as server-sent events' },
  { name: 'Models', description: 'What is bought, and for how much' },
  { name: 'Predictions', description: 'The ledger of what was bought, and decisions about what nobody knows of' },
  { name: 'Spending', description: 'What was spent, and the pause that stops every purchase' },
  { name: 'Session', description: 'Exchanges a key for a cookie' },
  { name: 'Webhooks', description: 'What providers tell us' },
  { name: 'Health', description: 'For probes and Prometheus' },
  { name: 'Documentation', description: 'This document, and the page that shows it' },
]

const SCHEMES = {
  ApiKey: {
    type: 'apiKey',
    in: 'header',
    name: 'X-API-Key',
    description: 'A key of API_AUTH_KEY, or one that `npm run keys` made. Without API_AUTH_KEY none is needed.',
  },
  Bearer: { type: 'http', scheme: 'bearer', description: 'The same key' },
  Session: {
    type: 'apiKey',
    in: 'cookie',
    name: SESSION_COOKIE,
    description: 'What POST /api/v3/session gives a browser for a key',
  },
} as const

const Document = z
  .looseObject({ openapi: z.string(), info: z.looseObject({ title: z.string(), version: z.string() }) })
  .openapi({ example: { openapi: '3.1.0', info: { title: 'Greenlight', version: '3' }, paths: {} } })

const described = {
  method: 'get' as const,
  tags: ['Documentation'],
  summary: 'This document',
  security: [],
  responses: { 200: json(Document, 'OpenAPI 3.1') },
}
const route = createRoute({ path: '/api/openapi' as const, ...described })
const jsonRoute = createRoute({ path: '/api/openapi.json' as const, ...described })

/** @param app whose routes are described: all that it has when the document is asked for first */
export function openApiRoutes(app: Router) {
  let document: ReturnType<typeof generate> | undefined
  const serve: Handles<typeof route> = (c) => {
    document ??= generate(app)
    return c.json(document, 200)
  }
  return [endpoint(route, serve), endpoint(jsonRoute, serve)] as const
}

function generate(app: Router) {
  const { openAPIRegistry } = app
  for (const [name, scheme] of Object.entries(SCHEMES))
    openAPIRegistry.registerComponent('securitySchemes', name, scheme)
  const document = app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: { title: 'Greenlight', version: '3', description: DESCRIPTION },
    tags: TAGS,
    security: Object.keys(SCHEMES).map((name) => ({ [name]: [] })),
  })
  return withExamples(withCommonRefusals(document))
}
