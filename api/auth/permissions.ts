/**
 * Which role each route takes. Reading and changing what waits for approval is a creator's; whatever starts to spend is an
 * approver's; what can't be undone, or concerns every client, is an operator's (docs/decisions/0009-keys.md).
 */
import type { MiddlewareHandler } from 'hono'
import type { Role } from '../../domain/role.ts'
import type { ApiEnv } from '../router.ts'
import { requireEveryClient, requireRole } from './principal.ts'

interface Permission {
  role: Role
  /** It concerns all clients, so a key of one does not do. */
  everyClient?: boolean
}

/** What is not as `listedPermission` has it for the method: reading and changing a creator, deleting an operator. */
const PERMISSIONS: ReadonlyArray<[method: string, path: RegExp, Permission]> = [
  ['POST', /^\/session$/, { role: 'creator' }],
  ['POST', /^\/clients$/, { role: 'creator', everyClient: true }],
  ['POST', /^\/campaigns$/, { role: 'creator' }],
  ['POST', /^\/campaigns\/[^/]+\/create-job$/, { role: 'creator' }],
  ['POST', /^\/assets(\/(from-url|from-urls|unified))?$/, { role: 'creator' }],
  ['POST', /^\/jobs\/(from-image-pairs|from-property-photos)$/, { role: 'creator' }],
  ['POST', /^\/jobs\/[^/]+\/copy$/, { role: 'creator' }],
  // Of what was approved already only an approver cancels: the route looks.
  ['POST', /^\/jobs\/[^/]+\/cancel$/, { role: 'creator' }],
  ['DELETE', /^\/jobs\/[^/]+\/scenes\/[^/]+$/, { role: 'creator' }],
  ['POST', /^\/jobs\/[^/]+\/notes$/, { role: 'creator' }],
  // Of what somebody else wrote only an approver deletes: the route looks.
  ['DELETE', /^\/jobs\/[^/]+\/notes\/[^/]+$/, { role: 'creator' }],
  ['POST', /^\/jobs\/[^/]+\/(approve|reject|retry|finalize)$/, { role: 'approver' }],
  ['POST', /^\/jobs\/[^/]+\/scenes\/[^/]+\/(regenerate|takes\/[^/]+\/choose)$/, { role: 'approver' }],
  ['POST', /^\/audio\/generate-scenes$/, { role: 'approver' }],
  ['GET', /^\/predictions(\/|$)/, { role: 'operator' }],
  ['POST', /^\/predictions\/[^/]+\/resolve$/, { role: 'operator' }],
  ['GET', /^\/spending$/, { role: 'operator', everyClient: true }],
  ['POST', /^\/spending\/(pause|resume)$/, { role: 'operator', everyClient: true }],
  ['GET', /^\/metrics$/, { role: 'operator', everyClient: true }],
]

/** @returns null for a POST that stands nowhere above: an operator's, until it is listed */
export function listedPermission(method: string, path: string): Permission | null {
  const asked = method === 'HEAD' ? 'GET' : method
  const route = path.replace(/^\/api\/v3(?=\/)/, '')
  const listed = PERMISSIONS.find(([of, pattern]) => of === asked && pattern.test(route))?.[2]
  if (listed) return listed
  if (asked === 'GET' || asked === 'PUT' || asked === 'PATCH' || asked === 'OPTIONS') return { role: 'creator' }
  return asked === 'DELETE' ? { role: 'operator' } : null
}

/** Refuses (403) what the caller's role, or its client, does not reach. */
export const checkPermission: MiddlewareHandler<ApiEnv> = (c, next) => {
  const { role, everyClient } = listedPermission(c.req.method, c.req.path) ?? { role: 'operator' }
  requireRole(c, role)
  if (everyClient) requireEveryClient(c)
  return next()
}
