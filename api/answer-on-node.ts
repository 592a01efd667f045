/**
 * What stands between Node's server and the app: it hands bytes of the store to Node's own response, and lets a refusal
 * arrive although its request is still being sent.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { ApiEnv, Router } from './router.ts'

/** What is sent meanwhile is thrown away. Who still sends then has had the time to read that it is not wanted. */
const LINGER_MS = 2_000

/** @param signals what the server says to streams and probes when it ends */
export function answerOnNode(app: Router, signals: Pick<ApiEnv['Bindings'], 'closing' | 'draining'> = {}) {
  return async (request: Request, node: object): Promise<Response> => {
    const env: ApiEnv['Bindings'] = { ...node, ...signals }
    // A proxy that keeps connections would send its next request just as this one is closed.
    if (signals.draining?.aborted) env.outgoing?.setHeader('connection', 'close')
    const response = await app.fetch(request, env)
    const { bytes, incoming, outgoing } = env
    if (!outgoing) return response
    if (response.status >= 400 && incoming && !incoming.complete) return refuse(response, incoming, outgoing)
    if (!bytes) return response
    outgoing.writeHead(response.status, Object.fromEntries(response.headers))
    try {
      await bytes.writeTo(outgoing)
      outgoing.end()
    } catch {
      // The reader has left, or the file is damaged: the answer can only be cut off.
      outgoing.destroy()
    }
    return RESPONSE_ALREADY_SENT
  }
}

/**
 * Closing a connection on which unread bytes stand resets it, and a client that is still writing then finds an error in
 * place of the answer. So the answer is sent at once and whole, but ended only after the rest of the request.
 */
async function refuse(response: Response, incoming: IncomingMessage, outgoing: ServerResponse): Promise<Response> {
  const body = Buffer.from(await response.arrayBuffer())
  outgoing.writeHead(response.status, { ...Object.fromEntries(response.headers), 'content-length': body.length })
  outgoing.write(body)
  const lingering = new AbortController()
  const sent = new Promise<void>((resolve) => {
    for (const end of ['end', 'close', 'error']) incoming.once(end, () => resolve())
  })
  incoming.resume()
  await Promise.race([sent, sleep(LINGER_MS, undefined, { signal: lingering.signal, ref: false }).catch(() => {})])
  lingering.abort()
  outgoing.end()
  return RESPONSE_ALREADY_SENT
}
