/** Carries out the faults of an HTTP exchange, around the routes. */

import type { Socket } from 'node:net'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { createMiddleware } from 'hono/factory'
import type { Env, Simulation } from './context.ts'
import type { HttpFault, Subject } from './faults.ts'
import { modelOfVersion } from './models.ts'
import { insufficientCredit, Problem, throttled } from './problems.ts'
import { sleep } from './sleep.ts'
import { textOf } from './storyboard/messages.ts'

/** Finds out what a request is about, keeps that for the routes, and lets the faults strike that match it. */
export function httpFaults({ faults, creates, stopped }: Simulation) {
  return createMiddleware<Env>(async (c, next) => {
    const subject = await subjectOf(c.req.method, c.req.path, () => c.req.json())
    c.set('subject', subject)
    if (subject.creates === 'prediction') creates.note()
    const socket = c.env.incoming.socket
    for (const fault of faults.forRequest(subject)) {
      switch (fault.kind) {
        case 'latency':
          await sleep(fault.ms, stopped)
          break
        case 'status':
          return refusal(fault, subject)
        case 'stall':
          // A client that has gone away doesn't stop this: that is what makes it dangerous.
          await sleep(fault.then_ms, stopped)
          await next()
          await sleep(fault.hold_ms ?? Number.POSITIVE_INFINITY, AbortSignal.any([stopped, closed(socket)]))
          return
        case 'reset':
          if (fault.when !== 'before') await next()
          if (fault.when === 'midway') {
            c.res = halfOf(c.res, fault.after_ms, () => socket.resetAndDestroy())
            return
          }
          await c.res.body?.cancel()
          socket.resetAndDestroy()
          return RESPONSE_ALREADY_SENT
      }
    }
    await next()
  })
}

async function subjectOf(method: string, path: string, json: () => Promise<unknown>): Promise<Subject> {
  const official = /^\/v1\/models\/([^/]+\/[^/]+)\/predictions$/.exec(path)?.[1]
  const creates =
    method !== 'POST'
      ? null
      : official || path === '/v1/predictions'
        ? 'prediction'
        : path === '/v1/chat/completions'
          ? 'chat'
          : null
  if (!creates) return { method, path, creates, model: null, prompt: '' }
  const body = (await json().catch(() => null)) as Record<string, unknown> | null
  const version = typeof body?.version === 'string' ? modelOfVersion(body.version)?.name : undefined
  const named = typeof body?.model === 'string' ? body.model : null
  const input = body?.input as Record<string, unknown> | undefined
  const prompt = creates === 'chat' ? textOf(body?.messages) : String(input?.prompt ?? '')
  return { method, path, creates, model: official ?? version ?? named, prompt }
}

/** What x.ai says where a fault says nothing. */
const FLAT_ERRORS: Record<number, string> = {
  402: 'Your team has either used all available credits or reached its monthly spending limit.',
  403: 'Forbidden',
  429: 'Too many requests',
}

function refusal(fault: Extract<HttpFault, { kind: 'status' }>, subject: Subject): Response {
  const { status, detail, retry_after } = fault
  if (subject.path === '/v1/chat/completions') {
    const error = detail ?? FLAT_ERRORS[status] ?? 'Service unavailable'
    const headers = status === 429 ? { 'retry-after': String(retry_after) } : undefined
    return Response.json({ code: `simulated ${status}`, error }, { status, headers })
  }
  if (detail !== undefined) return new Problem(status, { detail, ...(status === 429 && { retry_after }) }).toResponse()
  if (status === 429) return throttled(retry_after).toResponse()
  if (status === 402) return insufficientCredit().toResponse()
  return new Problem(status, { title: 'Simulated fault', detail: `The request failed with ${status}` }).toResponse()
}

/** Aborted when the client goes away. */
function closed(socket: Socket): AbortSignal {
  if (socket.destroyed) return AbortSignal.abort()
  const controller = new AbortController()
  socket.once('close', () => controller.abort())
  return controller.signal
}

/** The same answer, but the connection breaks `ms` after half of its body; what was written so far needs some to leave. */
function halfOf(response: Response, ms: number, breakOff: () => void): Response {
  let left = Math.floor(Number(response.headers.get('content-length') ?? 0) / 2)
  const half = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      controller.enqueue(chunk.subarray(0, left))
      left -= Math.min(left, chunk.length)
      if (left === 0) setTimeout(breakOff, ms).unref()
    },
  })
  return new Response(response.body?.pipeThrough(half) ?? null, response)
}
