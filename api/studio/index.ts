/** The review studio: one page for people, made of static files (web/) that use nothing but the API. */
import { createRoute, z } from '@hono/zod-openapi'
import type { Handler, MiddlewareHandler } from 'hono'
import { ApiError } from '../errors.ts'
import { plainRefusals } from '../responses.ts'
import { type ApiEnv, endpoint, type Handles } from '../router.ts'
import { studioFiles } from './files.ts'
import { POLICY, page } from './page.ts'

const SIGN_IN = '/sign-in'
const PAGES = /^\/(|new|jobs\/[1-9]\d{0,9})$/

const pageRoute = <P extends string>(path: P, summary: string) =>
  createRoute({
    method: 'get',
    path,
    tags: ['Studio'],
    summary,
    responses: { 200: { description: 'The page', content: { 'text/html': { schema: z.string() } } } },
  })
const board = pageRoute('/', 'The board: jobs by state')
const newFilm = pageRoute('/new', 'Make a film')
const signIn = { ...pageRoute(SIGN_IN, 'Exchange a key for a session'), security: [] }
const job = createRoute({
  ...pageRoute('/jobs/{id}', 'One job: its storyboard, its progress, its film'),
  request: { params: z.object({ id: z.string().openapi({ example: '7' }) }) },
  responses: {
    ...board.responses,
    ...plainRefusals({ 404: ['No job is called so', { error: 'Job not found' }] }),
  },
})

/** Sends who has not signed in from a page to the sign-in page, and back afterwards; the API answers 401 as ever. */
export const signInFirst: MiddlewareHandler<ApiEnv> = async (c, next) => {
  const answer: unknown = await next()
  const refused = answer instanceof Response && answer.status === 401
  if (!refused || c.req.method !== 'GET' || !PAGES.test(c.req.path)) return answer as Response
  return c.redirect(c.req.path === '/' ? SIGN_IN : `${SIGN_IN}?next=${encodeURIComponent(c.req.path)}`)
}

export function studioRoutes() {
  const show: Handles<typeof board> = async (c) =>
    c.html(page((await studioFiles()).version), 200, {
      'content-security-policy': POLICY,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
      'cache-control': 'no-cache',
    })
  return [
    endpoint(board, show),
    endpoint(newFilm, show as unknown as Handles<typeof newFilm>),
    endpoint(signIn, show as unknown as Handles<typeof signIn>),
    endpoint(job, (async (c, next) => {
      if (!PAGES.test(c.req.path.replace(/\/+$/, ''))) throw new ApiError(404, 'Job not found')
      return show(c as never, next)
    }) as Handles<typeof job>),
  ] as const
}

export const STUDIO_FILES = '/studio/:version/*'

/** Scripts and styles. A page of another version may be open in a browser while this server is a newer one. */
export const serveStudioFile: Handler<ApiEnv, typeof STUDIO_FILES> = async (c) => {
  const files = await studioFiles()
  const version = c.req.param('version')
  const found = files.byName.get(c.req.path.slice(`/studio/${version}/`.length))
  if (!found) throw new ApiError(404, `There is nothing at ${c.req.path}`)
  const takesBrotli = /\bbr\b/.test(c.req.header('accept-encoding') ?? '')
  return c.body(takesBrotli ? found.packed : found.bytes, 200, {
    'content-type': found.type,
    'cache-control': version === files.version ? 'public, max-age=31536000, immutable' : 'no-cache',
    ...(takesBrotli && { 'content-encoding': 'br' }),
    vary: 'accept-encoding',
    'x-content-type-options': 'nosniff',
  })
}
