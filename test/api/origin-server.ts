import http from 'node:http'
import type { AddressInfo } from 'node:net'

/** A server somewhere else, on loopback, that answers as it is told and remembers what it was asked. */
export async function startOriginServer(answer: http.RequestListener) {
  const asked: string[] = []
  const server = http.createServer((request, response) => {
    asked.push(request.url ?? '')
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const close = () => {
    server.close()
    server.closeAllConnections()
  }
  return { url: `http://${host}`, host, asked, close }
}
