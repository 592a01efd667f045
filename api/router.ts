/** What every router of the API is made from. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { OpenAPIHono, type RouteConfig, type RouteHandler } from '@hono/zod-openapi'
import type { Logger } from 'pino'
import type { OpenBlob } from '../storage/blob-store.ts'
import type { Principal } from './auth/principal.ts'
import type { Repeatable } from './idempotency/current-request.ts'
import { takeTextForJson } from './text-body.ts'
import { refuseInvalid } from './validation.ts'

export interface ApiEnv {
  Bindings: {
    /** The request as Node has it; absent where none came over a connection. */
    incoming?: IncomingMessage
    /** Aborted when the server ends: streams that have no end of their own end then. */
    closing?: AbortSignal
    /** Aborted before that: no new request should be sent here, and each is still answered. */
    draining?: AbortSignal
    /** Node's response, which the answer goes out by. */
    outgoing?: ServerResponse
    /** The body of the answer, when it is in the store. */
    bytes?: OpenBlob
    /** Set when a request is run for one that named an Idempotency-Key. */
    repeat?: Repeatable
  }
  Variables: {
    requestId: string
    log: Logger
    /** Who is asking, fit to be shown: never the key itself. */
    caller: string
    /** The same with what they may do. */
    principal: Principal
    /** Whether their key still opens anything: for answers that take long. */
    isWelcome: () => Promise<boolean>
  }
}

export type Router = OpenAPIHono<ApiEnv>

/** What answers a route. */
export type Handles<Route extends RouteConfig> = RouteHandler<Route, ApiEnv> extends infer Handler ? Handler : never

/**
 * A route with what answers it. A resource's index lists them and `createApp` mounts the lists, so that the app's type
 * carries every route, for a typed client.
 */
export function endpoint<Route extends RouteConfig>(route: Route, handler: Handles<NoInfer<Route>>) {
  const mayHaveNoBody = route.request?.body?.required === false
  return { route: mayHaveNoBody ? { ...route, middleware: takeTextForJson } : route, handler }
}

/** A router whose refusals of what fails a schema have the contract's form, and to which /clients/ is /clients. */
export function createRouter(): Router {
  return new OpenAPIHono<ApiEnv>({ defaultHook: refuseInvalid, strict: false })
}
