/** The routes that never ask for a key, and answer under any Host: the provider and probes fetch them. */
const OPEN_ROUTES: ReadonlyArray<[method: string, path: RegExp]> = [
  ['GET', /^\/api\/v3\/assets\/[^/]+\/(data|thumbnail)$/],
  ['GET', /^\/api\/v3\/audio\/segments\/[^/]+$/],
  ['POST', /^\/api\/webhooks\/replicate$/],
  ['GET', /^\/api\/(openapi|openapi\.json|docs|docs\/scalar\.js)$/],
  ['GET', /^\/(healthz|readyz)$/],
  ['GET', /^\/(sign-in|studio\/.+)$/],
]

/** @param method HEAD counts as GET */
export function isOpenRoute(method: string, path: string): boolean {
  const asked = method === 'HEAD' ? 'GET' : method
  return OPEN_ROUTES.some(([allowed, pattern]) => allowed === asked && pattern.test(path))
}
