/**
 * The review studio: one page for people, made of static files (web/) that use nothing but the API. It is no part of
 * the API, and so not in its description.
 */
import type { MiddlewareHandler } from 'hono'
import type { ApiDeps } from '../deps.ts'
import { ApiError } from '../errors.ts'
import type { ApiEnv } from '../router.ts'
import { studioFiles, withImports } from './files.ts'
import { page, policy } from './page.ts'

const SIGN_IN = '/sign-in'
/** The script draws what the path names, with the scripts of that page (web/app.js). */
const PAGES = /^\/(|new|jobs\/[1-9]\d{0,9})$/
const SCRIPTS: ReadonlyArray<[path: RegExp, script: string]> = [
  [/^\/$/, 'pages/board.js'],
  [/^\/new$/, 'pages/new.js'],
  [/^\/sign-in$/, 'pages/sign-in.js'],
  [/^\/jobs\//, 'pages/job.js'],
]
const FILES = /^\/studio\/([^/]+)\/(.+)$/

const isRead = (method: string) => method === 'GET' || method === 'HEAD'

/** Sends who has not signed in from a page to the sign-in page, and back afterwards; the API answers 401 as ever. */
export const signInFirst: MiddlewareHandler<ApiEnv> = async (c, next) => {
  const answer: unknown = await next()
  const refused = answer instanceof Response && answer.status === 401
  if (!refused || !isRead(c.req.method) || !PAGES.test(c.req.path)) return answer as Response
  const asked = c.req.path + new URL(c.req.url).search
  return c.redirect(asked === '/' ? SIGN_IN : `${SIGN_IN}?next=${encodeURIComponent(asked)}`)
}

/** Where films are fetched from with BLOB_REDIRECTS; nowhere while no link can be made, for then they can't be fetched. */
async function mediaOrigins({ blobs, config }: Pick<ApiDeps, 'blobs' | 'config'>): Promise<string[]> {
  if (!config.blobs.redirects || !blobs.linkTo) return []
  const link = blobs.linkTo('0'.repeat(64), { contentType: 'video/mp4', disposition: 'inline' })
  return link.then(
    (url) => [new URL(url).origin],
    () => [],
  )
}

/** Answers the pages, and the files that they are made of. */
export const serveStudio =
  (deps: Pick<ApiDeps, 'blobs' | 'config'>): MiddlewareHandler<ApiEnv> =>
  async (c, next) => {
    const { path, method } = c.req
    if (!isRead(method)) return next()
    if (PAGES.test(path) || path === SIGN_IN) {
      const files = await studioFiles()
      const own = SCRIPTS.find(([pattern]) => pattern.test(path))?.[1] ?? []
      return c.html(page(files.version, withImports(files, ['app.js', own].flat())), 200, {
        'content-security-policy': policy(await mediaOrigins(deps)),
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
    const packed = /\bbr\b/.test(c.req.header('accept-encoding') ?? '') ? await found.packed?.() : undefined
    return c.body(packed ?? found.bytes, 200, {
      'content-type': found.type,
      // A page of another version may be open in a browser while this server is a newer one.
      'cache-control': version === files.version ? 'public, max-age=31536000, immutable' : 'no-cache',
      ...(packed && { 'content-encoding': 'br' }),
      vary: 'accept-encoding',
      'x-content-type-options': 'nosniff',
    })
  }
