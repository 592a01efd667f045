/** The OpenAPI document, generated from the schemas that the routes validate with. */
import { withCommonRefusals } from './common-refusals.ts'
import type { Router } from './router.ts'

/** Serves it at `/api/openapi` and `/api/openapi.json`; call it when every route is mounted. */
export function serveOpenApi(app: Router): void {
  app.openAPIRegistry.registerComponent('securitySchemes', 'ApiKey', {
    type: 'apiKey',
    in: 'header',
    name: 'X-API-Key',
  })
  app.openAPIRegistry.registerComponent('securitySchemes', 'Bearer', { type: 'http', scheme: 'bearer' })
  const generate = () =>
    withCommonRefusals(
      app.getOpenAPI31Document({
        openapi: '3.1.0',
        info: {
          title: 'Greenlight',
          version: '3',
          description: 'Fields of request bodies are taken in snake_case and in camelCase.',
        },
        security: [{ ApiKey: [] }, { Bearer: [] }],
      }),
    )
  let document: ReturnType<typeof generate> | undefined
  for (const path of ['/api/openapi', '/api/openapi.json']) {
    app.get(path, (c) => {
      document ??= generate()
      return c.json(document)
    })
  }
}
