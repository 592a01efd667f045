import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { freePort } from '../../temporal/ports.ts'
import { type Balancer, startBalancer } from './balancer.ts'

const running: { close(): unknown }[] = []
afterEach(async () => {
  for (const each of running.splice(0)) await each.close()
})

async function serve(answer: RequestListener): Promise<string> {
  const server: Server = createServer(answer).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  running.push(server)
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function balance(...servers: string[]): Promise<Balancer> {
  const balancer = await startBalancer(servers)
  running.push({ close: () => balancer.stop() })
  return balancer
}

const works = () => serve((_, response) => response.end('done'))
const dies = () => serve((request) => request.socket.destroy())
const listensNoMore = async () => `http://127.0.0.1:${await freePort(0)}`

it('asks the servers in turn', async () => {
  const { url, traffic } = await balance(
    await serve((_, response) => response.end('first')),
    await serve((_, response) => response.end('second')),
  )
  const said = [await (await fetch(url)).text(), await (await fetch(url)).text()]
  expect(said).toEqual(['first', 'second'])
  expect(traffic.answers).toEqual(new Map([[200, 2]]))
})

it('hands anything to the other server when one does not listen', async () => {
  const { url, traffic } = await balance(await listensNoMore(), await works())
  expect((await fetch(url, { method: 'POST' })).status).toBe(200)
  expect(traffic).toMatchObject({ refused: 1, repeated: 0, failures: [] })
})

it('repeats what may be repeated when a server dies over it', async () => {
  const { url, traffic } = await balance(await dies(), await works())
  const keyed = { method: 'POST', headers: { 'idempotency-key': 'a-key' } }
  expect((await fetch(url, keyed)).status).toBe(200)
  expect(traffic).toMatchObject({ repeated: 1, failures: [] })
})

it('counts as a failure what may not be repeated, an answer of 500, and a 503 that does not say when to come again', async () => {
  const failing = await serve((request, response) => {
    if (request.url === '/500') response.writeHead(500).end()
    else if (request.url === '/503') response.writeHead(503).end()
    else if (request.url === '/clean') response.writeHead(503, { 'retry-after': '5' }).end()
    else request.socket.destroy()
  })
  const { url, traffic } = await balance(failing)
  for (const path of ['/500', '/503', '/clean']) await fetch(url + path)
  expect((await fetch(url, { method: 'POST' })).status).toBe(502)
  expect((await fetch(`${url}/api/webhooks/replicate`, { method: 'POST' })).status).toBe(502)
  expect(traffic).toMatchObject({ unavailable: 1, webhooksCut: 1 })
  expect(traffic.failures).toEqual([
    expect.stringMatching(/\/500 was answered 500/),
    expect.stringMatching(/\/503 was answered 503/),
    expect.stringMatching(/POST \/ was lost/),
  ])
})

it('counts as a failure that nobody answered until who asked gave up, unless that one was killed', async () => {
  const { url, traffic, whileKilling } = await balance(await serve(() => {}))
  const giveUp = () => fetch(url, { signal: AbortSignal.timeout(50) }).catch(() => {})
  await whileKilling(async () => void (await giveUp()))
  expect(traffic).toMatchObject({ left: 1, failures: [] })
  await giveUp()
  await expect.poll(() => traffic.failures).toEqual([expect.stringMatching(/^GET \/ had no answer within 0\.\d s/)])
})
