/** The API's documentation as a page, drawn by Scalar from the OpenAPI document; nothing of it comes from elsewhere. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { brotliDecompress } from 'node:zlib'
import { createRoute, z } from '@hono/zod-openapi'
import { html } from 'hono/html'
import { endpoint } from '../router.ts'

const SCRIPT = path.join(import.meta.dirname, 'scalar.js.br')
const decompress = promisify(brotliDecompress)

/** Scalar would otherwise offer services of its maker, load fonts from there, and report its use. */
const SETTINGS = JSON.stringify({
  withDefaultFonts: false,
  telemetry: false,
  proxyUrl: '',
  hideClientButton: true,
  showDeveloperTools: 'never',
  agent: { disabled: true },
  mcp: { disabled: true },
})

/** Of this page alone: Scalar writes its styles into the page. Whatever it might still ask for elsewhere is refused. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
].join('; ')

const route = createRoute({
  method: 'get',
  path: '/api/docs',
  tags: ['Documentation'],
  summary: 'This documentation, as a page',
  security: [],
  responses: { 200: { description: 'The page', content: { 'text/html': { schema: z.string() } } } },
})

const script = createRoute({
  method: 'get',
  path: '/api/docs/scalar.js',
  tags: ['Documentation'],
  summary: "The page's script",
  security: [],
  responses: { 200: { description: 'The script', content: { 'text/javascript': { schema: z.string() } } } },
})

export function docsRoutes() {
  return [
    endpoint(route, async (c) =>
      c.html(await page(), 200, { 'content-security-policy': POLICY, 'x-content-type-options': 'nosniff' }),
    ),
    endpoint(script, async (c) => {
      const packed = await readFile(SCRIPT)
      const takesBrotli = /\bbr\b/.test(c.req.header('accept-encoding') ?? '')
      const headers = {
        'content-type': 'text/javascript; charset=utf-8',
        'cache-control': 'public, max-age=86400',
        vary: 'accept-encoding',
        'x-content-type-options': 'nosniff',
      }
      if (takesBrotli) return c.body(new Uint8Array(packed), 200, { ...headers, 'content-encoding': 'br' })
      return c.body(new Uint8Array(await decompress(packed)), 200, headers)
    }),
  ] as const
}

function page() {
  return html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Greenlight's API</title>
  </head>
  <body>
    <noscript>This page needs JavaScript; the same as JSON is at <a href="/api/openapi.json">/api/openapi.json</a>.</noscript>
    <script id="api-reference" data-url="/api/openapi.json" data-configuration="${SETTINGS}"></script>
    <script src="/api/docs/scalar.js"></script>
  </body>
</html>`
}
