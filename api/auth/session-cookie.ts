/**
 * The session of a browser: a signed cookie that names the key it was given for. It says nothing that is kept: when the
 * key is revoked, or removed from API_AUTH_KEY, its sessions end with it.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import type { Config } from '../../config.ts'
import { isOwnPage } from '../origin.ts'
import type { ApiEnv } from '../router.ts'

export const SESSION_COOKIE = 'greenlight_session'
export const SESSION_SECONDS = 7 * 24 * 60 * 60

/** @returns when it ends */
export function startSession(c: Context<ApiEnv>, config: Pick<Config, 'http'>, id: string, secret: string): Date {
  const ends = Math.floor(Date.now() / 1000) + SESSION_SECONDS
  const payload = `${id}.${ends}`
  setCookie(c, SESSION_COOKIE, `${payload}.${sign(payload, secret)}`, {
    ...attributes(c, config),
    maxAge: SESSION_SECONDS,
  })
  return new Date(ends * 1000)
}

export function endSession(c: Context<ApiEnv>, config: Pick<Config, 'http'>): void {
  deleteCookie(c, SESSION_COOKIE, attributes(c, config))
}

/**
 * The id of the principal whose session the request carries; null without a valid one. Only requests of our own pages
 * count: another origin that CORS_ORIGINS allows, `*` above all, brings a key of its own.
 */
export async function readSession(
  c: Context<ApiEnv>,
  config: Pick<Config, 'http'>,
  secret: () => Promise<string>,
): Promise<{ id: string; ends: Date } | null> {
  const cookie = getCookie(c, SESSION_COOKIE)
  const [, payload, id, ends, signature] = /^((.+)\.(\d+))\.([0-9a-f]{64})$/.exec(cookie ?? '') ?? []
  if (!payload || !id || !ends || !signature || Number(ends) * 1000 < Date.now() || !isOwnPage(c, config)) return null
  const right = sign(payload, await secret())
  return timingSafeEqual(Buffer.from(signature), Buffer.from(right))
    ? { id, ends: new Date(Number(ends) * 1000) }
    : null
}

function sign(payload: string, secret: string): string {
  return createHmac('sha256', secret).update(payload).digest('hex')
}

function attributes(c: Context<ApiEnv>, config: Pick<Config, 'http'>) {
  return { httpOnly: true, sameSite: 'Strict' as const, path: '/', secure: cameByHttps(c, config) }
}

/** The browser names its page's scheme in Origin, a proxy in X-Forwarded-Proto. Over plain http Secure would lose the cookie. */
function cameByHttps(c: Context<ApiEnv>, { http }: Pick<Config, 'http'>): boolean {
  if (c.req.header('origin')?.startsWith('https:') || c.req.header('x-forwarded-proto') === 'https') return true
  const base = http.publicBaseUrl ? new URL(http.publicBaseUrl) : null
  return base?.protocol === 'https:' && base.host === c.req.header('host')
}
