/** Servers that URLs lead to: one outside, which answers in every bad way, and one inside, which must not be reached. */
import { startOriginServer } from '../api/origin-server.ts'
import { jpeg } from '../api/sample-files.ts'

const PIECE = Buffer.alloc(64 * 1024, 'x')

/** @param files what is served under which path, beside the usual */
export async function startOutside(files: Record<string, Buffer>) {
  const photo = await jpeg()
  return startOriginServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://outside')
    const to = searchParams.get('to')
    const file = pathname === '/photo.jpg' ? photo : files[pathname]
    if (to) return response.writeHead(302, { location: to }).end()
    if (file) return response.end(file)
    if (pathname === '/announces-10-gb')
      return response.writeHead(200, { 'content-length': 10 * 1024 ** 3 }).write(PIECE)
    if (pathname === '/never-ends') {
      const more = () => {
        while (!response.destroyed && response.write(PIECE));
      }
      response.on('drain', more)
      return more()
    }
    if (pathname === '/cut') {
      response.writeHead(200, { 'content-length': photo.length })
      return response.write(photo.subarray(0, 200), () => response.destroy())
    }
    if (pathname === '/loop') return response.writeHead(302, { location: '/loop' }).end()
    return response.writeHead(404).end('none')
  })
}

export const startInside = () => startOriginServer((_, response) => response.end('a secret of the inside'))
