/**
 * The review studio: one page for people, made of static files (web/) that use nothing but the API. It is no part of
 * the API, and so not in its description.
 */
import type { MiddlewareHandler } from 'hono'
import { ApiError } from '../errors.ts'
import type { ApiEnv } from '../router.ts'
import { studioFiles } from './files.ts'
import { POLICY, page } from './page.ts'

const SIGN_IN = '/sign-in'
/** The script draws what the path names. */
const PAGES = /^\/(|new|jobs\/[1-9]\d{0,9})$/
const FILES = /^\/studio\/([^/]+)\/(.+)$/

const isRead = (method: string) => method === 'GET' || method === 'HEAD'

/** Sends who has not signed in from a page to the sign-in page, and back afterwards; the API answers 401 as ever. */
export const signInFirst: MiddlewareHandler<ApiEnv> = async (c, next) => {
  const answer: unknown = await next()
  const refused = answer instanceof Response && answer.status === 401
  if (!refused || !isRead(c.req.method) || !PAGES.test(c.req.path)) return answer as Response
  return c.redirect(c.req.path === '/' ? SIGN_IN : `${SIGN_IN}?next=${encodeURIComponent(c.req.path)}`)
}

/** Answers the pages, and the files that they are made of. */
export const serveStudio: MiddlewareHandler<ApiEnv> = async (c, next) => {
  const { path, method } = c.req
  if (!isRead(method)) return next()
  if (PAGES.test(path) || path === SIGN_IN) {
    return c.html(page((await studioFiles()).version), 200, {
      'content-security-policy': POLICY,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
      'cache-control': 'no-cache',
    })
  }
  const [, version, name = ''] = FILES.exec(path) ?? []
  if (!version) return next()
  const files = await studioFiles()
  const found = files.byName.get(name)
  if (!found) throw new ApiError(404, `There is nothing at ${path}`)
  const takesBrotli = /\bbr\b/.test(c.req.header('accept-encoding') ?? '')
  return c.body(takesBrotli ? await found.packed() : found.bytes, 200, {
    'content-type': found.type,
    // A page of another version may be open in a browser while this server is a newer one.
    'cache-control': version === files.version ? 'public, max-age=31536000, immutable' : 'no-cache',
    ...(takesBrotli && { 'content-encoding': 'br' }),
    vary: 'accept-encoding',
    'x-content-type-options': 'nosniff',
  })
}
