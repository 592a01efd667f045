/**
 * Stands before several servers as a load balancer does: a request goes to the next server, and to another one where that
 * does not listen, or died over a request that may be repeated. It notes what whoever asks gets to see.
 */
import http from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

export interface Traffic {
  /** How many answers of each status were handed on. */
  answers: Map<number, number>
  /** Milliseconds until each was. */
  times: number[]
  /** 503 with Retry-After: nothing was done. */
  unavailable: number
  /** 409 with Retry-After: the first of two requests with one Idempotency-Key is still worked on, or its server has died. */
  underWay: number
  /** Connections that a server refused, and another one took the request. */
  refused: number
  /** Connections that broke over a request that may be repeated, and was. */
  repeated: number
  /** The same of a provider's webhook, which the provider sends again. */
  webhooksCut: number
  /** Requests of somebody who was killed over them, so that nobody was there for the answer. */
  left: number
  /** What nobody should have got to see. */
  failures: string[]
}

export interface Balancer {
  /** http://host:port */
  url: string
  traffic: Traffic
  /** Kills somebody who may be asking: what breaks off meanwhile is not unanswered. */
  whileKilling(kill: () => Promise<void>): Promise<void>
  stop(): Promise<void>
}

interface Asked {
  method: string
  path: string
  headers: http.IncomingHttpHeaders
  body: Buffer
}

interface Answer {
  status: number
  headers: http.IncomingHttpHeaders
  body: Buffer
}

/** While no server listens. */
const PAUSE_MS = 100
const TRIES = 40
/** Until the ends of a dead process's connections were seen. */
const SEEN_AFTER_MS = 200

/** @param servers http://host:port of each */
export async function startBalancer(servers: string[]): Promise<Balancer> {
  const traffic: Traffic = {
    ...{ answers: new Map(), times: [], failures: [] },
    ...{ unavailable: 0, underWay: 0, refused: 0, repeated: 0, webhooksCut: 0, left: 0 },
  }
  let turn = 0
  let killing = 0
  const nextServer = () => servers[turn++ % servers.length] ?? ''

  /** Null when no server could be asked, or the one that was died over what may not be repeated. */
  const forward = async (asked: Asked): Promise<Answer | null> => {
    for (let tries = 1; tries <= TRIES; tries++) {
      try {
        return await ask(nextServer(), asked)
      } catch (error) {
        if (isRefused(error)) traffic.refused++
        else if (mayBeRepeated(asked)) traffic.repeated++
        else return null
      }
      if (tries % servers.length === 0) await sleep(PAUSE_MS)
    }
    return null
  }

  const note = (asked: Asked, answer: Answer | null, ms: number) => {
    if (!answer && asked.path.startsWith('/api/webhooks/')) traffic.webhooksCut++
    else if (!answer) traffic.failures.push(`${asked.method} ${asked.path} was lost with its server.`)
    if (!answer) return
    const { status, headers, body } = answer
    traffic.answers.set(status, (traffic.answers.get(status) ?? 0) + 1)
    traffic.times.push(ms)
    const mayComeAgain = headers['retry-after'] !== undefined
    if (status === 503 && mayComeAgain) traffic.unavailable++
    else if (status === 409 && mayComeAgain) traffic.underWay++
    else if (status >= 500) {
      traffic.failures.push(`${asked.method} ${asked.path} was answered ${status}: ${body.toString().slice(0, 200)}`)
    }
  }

  const server = http.createServer(async (request, response) => {
    const { method = '', url: path = '', headers } = request
    const began = performance.now()
    response.once('close', () => {
      if (response.writableEnded) return
      const seconds = ((performance.now() - began) / 1000).toFixed(1)
      if (killing > 0) traffic.left++
      else traffic.failures.push(`${method} ${path} had no answer within ${seconds} s, when who asked gave up.`)
    })
    const body = await bytesOf(request).catch(() => null)
    if (!body) return
    const asked = { method, path, headers, body }
    const answer = await forward(asked)
    note(asked, answer, performance.now() - began)
    if (response.destroyed) return
    if (!answer) response.writeHead(502).end()
    else response.writeHead(answer.status, answer.headers).end(answer.body)
  })
  server.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : address}`,
    traffic,
    async whileKilling(kill) {
      killing++
      await kill()
      await sleep(SEEN_AFTER_MS)
      killing--
    },
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}

/** Whole, so that an answer that breaks off can be asked for again. */
function ask(server: string, { method, path, headers, body }: Asked): Promise<Answer> {
  return new Promise((resolve, reject) => {
    // A connection of its own: one that is kept may be closed, idle, at the moment that it is used.
    const options = { method, headers: { ...headers, connection: 'close' }, agent: false }
    const request = http.request(`${server}${path}`, options, (response) => {
      const { connection, ...told } = response.headers
      bytesOf(response).then(
        (bytes) => resolve({ status: response.statusCode ?? 0, headers: told, body: bytes }),
        reject,
      )
    })
    request.once('error', reject)
    request.end(body)
  })
}

async function bytesOf(message: http.IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** It has nothing of the request then, so another one may have it, whatever it is. */
const isRefused = (error: unknown) => (error as NodeJS.ErrnoException).code === 'ECONNREFUSED'

const mayBeRepeated = ({ method, headers }: Asked) =>
  ['GET', 'HEAD', 'PUT', 'DELETE'].includes(method) || headers['idempotency-key'] !== undefined
