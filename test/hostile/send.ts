/** Sends a hostile request as it is, and reads the answer. */
import http from 'node:http'
import type { HostileRequest } from './hostile-input.ts'

export interface HostileAnswer {
  /** 0 when the connection ended without one. */
  status: number
  headers: http.IncomingHttpHeaders
  body: string
}

const WITHIN_MS = 20_000
const NONE: HostileAnswer = { status: 0, headers: {}, body: '' }

/** @throws Error when there is neither an answer nor an end of the connection in time */
export function send(
  port: number,
  { method, path, headers = {}, body, leaves }: HostileRequest,
): Promise<HostileAnswer> {
  return new Promise((resolve, reject) => {
    // Of itself Node announces no body of a DELETE.
    const length = Buffer.isBuffer(body) && !leaves ? { 'content-length': String(body.length) } : {}
    const request = http.request({
      host: '127.0.0.1',
      port,
      method,
      path,
      headers: { ...length, ...headers },
      agent: false,
    })
    request.setTimeout(WITHIN_MS, () => request.destroy(new Error(`No answer to ${method} ${path.slice(0, 80)}`)))
    let hasAnswered = false
    request.on('response', (response) => {
      hasAnswered = true
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk) => {
        text += chunk
      })
      const answered = () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text })
        // An answer to half a request ends it.
        request.destroy()
      }
      response.on('end', answered)
      response.on('error', answered)
    })
    request.on('error', (error: NodeJS.ErrnoException) => {
      // The answer came before the whole body was sent, and then the connection ended.
      if (hasAnswered) return
      if (leaves || error.code === 'ECONNRESET' || error.code === 'EPIPE') resolve(NONE)
      else reject(error)
    })
    if (leaves) {
      request.write(body as Buffer, () => request.destroy())
    } else if (typeof body === 'function') {
      write(request, body()[Symbol.iterator]())
    } else {
      request.end(body)
    }
  })
}

/** Piece by piece, as fast as the other side reads; ends early when it stops reading. */
function write(request: http.ClientRequest, pieces: Iterator<Buffer>): void {
  for (let next = pieces.next(); !request.destroyed; next = pieces.next()) {
    if (next.done) return void request.end()
    if (!request.write(next.value)) return void request.once('drain', () => write(request, pieces))
  }
}
