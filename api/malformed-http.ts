/** Answers what can't be read as HTTP, in JSON as everything else; the app never sees such a request. */
import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { RequestError } from '@hono/node-server'

const REFUSALS: Record<string, [status: string, error: string]> = {
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'The headers of the request are too large'],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'The request did not arrive in time'],
}
const MALFORMED: [string, string] = ['400 Bad Request', 'The request is malformed as HTTP, or was cut off']

export function answerMalformed(server: Server): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    // In the middle of an answer there is nothing that could be said any more.
    if (!socket.writable || error.code === 'ECONNRESET' || socket.bytesWritten > 0) return void socket.destroy()
    const [status, sentence] = REFUSALS[error.code ?? ''] ?? MALFORMED
    const body = JSON.stringify({ error: sentence })
    const headers = ['content-type: application/json', `content-length: ${body.length}`, 'connection: close']
    socket.end(`HTTP/1.1 ${status}\r\n${headers.join('\r\n')}\r\n\r\n${body}`)
  })
}

/** For what Node takes and the library does not, such as a Host that is none. */
export function refuseMalformed(error: unknown): Response {
  if (!(error instanceof RequestError)) throw error
  return Response.json({ error: `The request is malformed as HTTP: ${error.message}` }, { status: 400 })
}
