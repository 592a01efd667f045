/** Local TCP ports. */
import net from 'node:net'

const HOST = '127.0.0.1'

/** True when something on this machine answers at that port within a second. */
export function isAnswering(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ host: HOST, port, timeout: 1000 })
    const end = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('connect', () => end(true))
    socket.once('timeout', () => end(false))
    socket.once('error', () => end(false))
  })
}

/** The preferred port when it is free, else another one that is; 0 prefers none. */
export async function freePort(preferred: number): Promise<number> {
  // Asked as well as listened to: macOS lets one listen on a port that another holds on all addresses.
  if (preferred !== 0 && (await isAnswering(preferred))) return listenOnce(0)
  return listenOnce(preferred).catch(() => listenOnce(0))
}

function listenOnce(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer()
    server.once('error', reject)
    server.listen({ host: HOST, port }, () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : port))
    })
  })
}
