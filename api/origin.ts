/**
 * Which Host and Origin are answered. Without keys only the machine's own browser stands between a foreign page and
 * the API: the Host check stops DNS rebinding and tunnels, the Origin check stops forms and scripts of other sites.
 */
import type { Context, MiddlewareHandler } from 'hono'
import { cors } from 'hono/cors'
import type { Config } from '../config.ts'
import { isOpenRoute } from './open-routes.ts'
import type { ApiEnv } from './router.ts'

type HttpConfig = Pick<Config, 'http'>

const EXPOSED = [
  ...['X-Request-Id', 'ETag', 'Retry-After', 'Content-Range', 'Content-Length', 'Accept-Ranges'],
  'Idempotency-Replayed',
]

/** @throws Error that says which setting to change, when listening as configured would open the API to strangers */
export function assertSafeToListen({ http }: HttpConfig): void {
  if (http.authKeys.length > 0) return
  if (!isLoopback(http.host)) {
    throw new Error(
      `HOST is ${http.host} but API_AUTH_KEY is unset, so anyone could spend your money: set API_AUTH_KEY, or HOST=127.0.0.1.`,
    )
  }
  if (http.corsOrigins.includes('*')) {
    throw new Error('CORS_ORIGINS is * but API_AUTH_KEY is unset: set API_AUTH_KEY, or name the origins.')
  }
}

/** Refuses (403) a Host that is not loopback while there are no keys. */
export function guardHost({ http }: HttpConfig): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    if (http.authKeys.length === 0 && !isLoopback(hostname(c)) && !isOpenRoute(askedMethod(c), c.req.path)) {
      const error =
        'Without API_AUTH_KEY this server answers only under a loopback address: set API_AUTH_KEY to use another'
      return c.json({ error }, 403)
    }
    return next()
  }
}

/** Refuses (403) what changes state from a foreign Origin, and answers the preflights of the allowed ones. */
export function guardOrigin({ http }: HttpConfig): MiddlewareHandler<ApiEnv> {
  const listed = new Set(http.corsOrigins.map((origin) => origin.toLowerCase().replace(/\/+$/, '')))
  const any = listed.has('*') && http.authKeys.length > 0
  const own = publicOrigin(http)
  if (own) listed.add(own)
  const answerCors = cors({
    origin: (origin) => (origin && (any || listed.has(origin.toLowerCase())) ? origin : null),
    exposeHeaders: EXPOSED,
    maxAge: 600,
  })
  return async (c, next) => {
    const origin = c.req.header('origin')?.toLowerCase()
    if (!origin || sameOrigin(origin, c)) return next()
    const reads = c.req.method === 'GET' || c.req.method === 'HEAD'
    if (!reads && !any && !listed.has(origin)) {
      return c.json({ error: `Requests from ${origin} are refused: list it in CORS_ORIGINS to allow it` }, 403)
    }
    return answerCors(c, next)
  }
}

/** Whether a page of ours asks, or none: browsers name the Origin of whatever changes state. */
export function isOwnPage(c: Context, { http }: HttpConfig): boolean {
  const origin = c.req.header('origin')?.toLowerCase()
  return !origin || sameOrigin(origin, c) || origin === publicOrigin(http)
}

/** Behind a proxy that rewrites Host, our own pages come from here. Without keys they could be anyone's. */
function publicOrigin(http: HttpConfig['http']): string | null {
  return http.publicBaseUrl && http.authKeys.length > 0 ? new URL(http.publicBaseUrl).origin : null
}

/** The scheme is left out: a proxy in front may speak https where we speak http. */
function sameOrigin(origin: string, c: Context): boolean {
  return URL.parse(origin)?.host === URL.parse(`http://${c.req.header('host') ?? ''}`)?.host && origin !== 'null'
}

/** Of the Host header; empty when it is missing or malformed. */
export function hostname(c: Context): string {
  return URL.parse(`http://${c.req.header('host') ?? ''}`)?.hostname ?? ''
}

/** Of a preflight, the method that it asks for. */
function askedMethod(c: Context): string {
  return (c.req.method === 'OPTIONS' && c.req.header('access-control-request-method')) || c.req.method
}

export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\]|::1)$/i.test(host)
}
