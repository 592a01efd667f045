/** Puts the app on a port. */
import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { getRequestListener } from '@hono/node-server'
import type { Config } from '../config.ts'
import { answerOnNode } from './answer-on-node.ts'
import { answerMalformed, refuseMalformed } from './malformed-http.ts'
import { assertSafeToListen } from './origin.ts'
import type { Router } from './router.ts'

export interface Listening {
  /** http://host:port */
  url: string
  /**
   * Lets /readyz answer 503 while everything is still answered. Resolves after SHUTDOWN_DRAIN, when whoever balances the
   * load has had time to notice.
   */
  drain(): Promise<void>
  /** Ends event streams, answers what has begun, then stops; what takes longer than 10 seconds is cut off. */
  close(): Promise<void>
}

const CLOSE_WITHIN_MS = 10_000
/**
 * Longer than balancers keep an idle connection, which is a minute usually: who closes it first must not be the one who is
 * about to be asked. Node's own 5 seconds had one request in a thousand meet a connection that had just been closed.
 */
const KEEP_IDLE_MS = 75_000

/** @throws Error when it is not safe to listen there, or when the port is taken */
export async function listen(app: Router, config: Pick<Config, 'http'>): Promise<Listening> {
  assertSafeToListen(config)
  const { host, port, drainSeconds } = config.http
  const draining = new AbortController()
  const closing = new AbortController()
  const answer = answerOnNode(app, { draining: draining.signal, closing: closing.signal })
  const server = createServer(getRequestListener(answer, { hostname: host, errorHandler: refuseMalformed }))
  server.keepAliveTimeout = KEEP_IDLE_MS
  answerMalformed(server)
  server.listen(port, host)
  await new Promise<void>((resolve, reject) => {
    server.once('listening', resolve)
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(`Port ${port} on ${host} is taken: end the program that has it, or set PORT to another.`)
          : error,
      ),
    )
  })
  const address = server.address()
  const actualPort = typeof address === 'object' && address ? address.port : port
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${actualPort}`,
    async drain() {
      draining.abort()
      await sleep(drainSeconds * 1000)
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      closing.abort()
      // A connection whose last answer is out is kept for a next request, which would now keep the server.
      const idle = setInterval(() => server.closeIdleConnections(), 50)
      const cutOff = setTimeout(() => server.closeAllConnections(), CLOSE_WITHIN_MS)
      await closed
      clearTimeout(cutOff)
      clearInterval(idle)
    },
  }
}
