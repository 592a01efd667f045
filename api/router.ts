/** What every router of the API is made from. */
import { OpenAPIHono } from '@hono/zod-openapi'
import type { Logger } from 'pino'
import { refuseInvalid } from './validation.ts'

export interface ApiEnv {
  Variables: {
    requestId: string
    /** Says the request id with every line. */
    log: Logger
    /** Who is asking, fit to be shown: never the key itself. */
    caller: string
  }
}

export type Router = OpenAPIHono<ApiEnv>

/** A router whose refusals of what fails a schema have the contract's form. */
export function createRouter(): Router {
  return new OpenAPIHono<ApiEnv>({ defaultHook: refuseInvalid })
}
