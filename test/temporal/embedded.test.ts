import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import net from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { connectTemporal, readTemporalTarget } from '../../temporal/connect.ts'
import type { EmbeddedTemporal, EmbeddedTemporalOptions } from '../../temporal/embedded.ts'
import { startEmbeddedTemporal } from '../../temporal/embedded.ts'
import { freePort } from '../../temporal/ports.ts'
import { endServer, isServing, serverFiles, survivor } from '../../temporal/server-process.ts'
import { kill, startHolder } from './holder.ts'

/** Ports that are said to be free, although they are not any more. */
const lost: number[] = []
vi.mock('../../temporal/ports.ts', async (original) => {
  const actual = await original<typeof import('../../temporal/ports.ts')>()
  return { ...actual, freePort: async (preferred: number) => lost.shift() ?? actual.freePort(preferred) }
})

let dataDir: string
let said: string[]
let running: EmbeddedTemporal[]

beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'greenlight-temporal-'))
  said = []
  running = []
})
afterEach(async () => {
  await Promise.all(running.map((temporal) => temporal.stop()))
  const files = serverFiles(dataDir)
  const left = await survivor(files)
  if (left) await endServer(left.pid, files)
  await rm(dataDir, { recursive: true, force: true })
})

async function start(options: Partial<EmbeddedTemporalOptions> = {}): Promise<EmbeddedTemporal> {
  const log = (line: string) => said.push(line)
  const temporal = await startEmbeddedTemporal({ dataDir, port: 0, uiPort: null, log, ...options })
  running.push(temporal)
  return temporal
}

async function takePort(): Promise<{ server: net.Server; port: number }> {
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, port: (server.address() as net.AddressInfo).port }
}

const serverPid = (): number => JSON.parse(readFileSync(serverFiles(dataDir).state, 'utf8')).pid
const connect = (address: string) =>
  connectTemporal(readTemporalTarget({ TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: 'greenlight' }))

it('keeps closed workflows for 30 days, is gone after stop, and starts again on the same file', async () => {
  const temporal = await start()
  expect(temporal).toMatchObject({ namespace: 'greenlight', uiUrl: null, attached: false })
  const { connection, client } = await connect(temporal.address)
  const { config } = await client.workflowService.describeNamespace({ namespace: 'greenlight' })
  expect(Number(config?.workflowExecutionRetentionTtl?.seconds)).toBe(30 * 24 * 60 * 60)
  await client.workflow.start('anything', { taskQueue: 'nobody', workflowId: 'kept' })
  await connection.close()
  const pid = serverPid()
  await temporal.stop()
  expect(await isServing(pid, serverFiles(dataDir).database)).toBe(false)
  expect(existsSync(serverFiles(dataDir).state)).toBe(false)

  const again = await start()
  expect(again.attached).toBe(false)
  const second = await connect(again.address)
  expect((await second.client.workflow.getHandle('kept').describe()).status.name).toBe('RUNNING')
  await second.connection.close()
})

it('attaches to the server that survived a kill -9 of the process that started it', async () => {
  const { child, line } = await startHolder('hold-embedded.ts', dataDir)
  const { address } = JSON.parse(line)
  const pid = serverPid()
  const first = await connect(address)
  await first.client.workflow.start('anything', { taskQueue: 'nobody', workflowId: 'started-before' })
  await first.connection.close()
  await kill(child)

  const temporal = await start()
  expect(temporal).toMatchObject({ address, attached: true })
  expect(serverPid()).toBe(pid)
  const { connection, client } = await connect(address)
  const { status } = await client.workflow.getHandle('started-before').describe()
  expect(status.name).toBe('RUNNING')
  await connection.close()
  await temporal.stop()
  expect(await isServing(pid, serverFiles(dataDir).database)).toBe(false)
})

it('is not taken in by a state file whose pid belongs to another program now', async () => {
  const state = JSON.stringify({ pid: process.pid, port: 7233, uiPort: null })
  await writeFile(serverFiles(dataDir).state, state)
  const temporal = await start()
  expect(temporal.attached).toBe(false)
  expect(serverPid()).not.toBe(process.pid)
})

it('replaces ports that are taken, and says so', async () => {
  const [one, two] = await Promise.all([takePort(), takePort()])
  const [port, uiPort] = [one.port, two.port]
  const temporal = await start({ port, uiPort })
  one.server.close()
  two.server.close()
  expect(temporal.address).not.toBe(`127.0.0.1:${port}`)
  expect(said.join('\n')).toContain(
    `Port ${port} is taken; Temporal listens on ${temporal.address.split(':')[1]} instead.`,
  )
  expect(said.join('\n')).toContain(`Port ${uiPort} is taken; Temporal's UI listens on`)
  const page = await fetch(temporal.uiUrl ?? '')
  expect(await page.text()).toContain('<html')
})

it('chooses another port when a connection was quicker to take it', async () => {
  const { server, port } = await takePort()
  // At its own end nobody listens.
  const connection = net.connect({ port, host: '127.0.0.1' })
  await once(connection, 'connect')
  const taken = connection.localPort ?? 0
  lost.push(taken)
  const temporal = await start()
  expect(temporal.address).not.toBe(`127.0.0.1:${taken}`)
  connection.destroy()
  server.close()
})

// Once more: of two that are slow at the same moment, one may take the other's server for its own until its process has ended.
it('gives two that want the same port at the same moment a server each', { retry: 1 }, async () => {
  const port = await freePort(0)
  const [one, two] = await Promise.all([start({ port }), start({ port, dataDir: path.join(dataDir, 'other') })])
  expect(new Set([one.address, two.address]).size).toBe(2)
  const { connection, client } = await connect(one.address)
  await client.workflow.start('anything', { taskQueue: 'nobody', workflowId: 'only-in-one' })
  await connection.close()
  const other = await connect(two.address)
  await expect(other.client.workflow.getHandle('only-in-one').describe()).rejects.toMatchObject({
    name: 'WorkflowNotFoundError',
  })
  await other.connection.close()
})

it('starts a server that died again, at the same address', async () => {
  const temporal = await start()
  const dead = serverPid()
  process.kill(dead, 'SIGKILL')
  await vi.waitUntil(() => said.some((line) => line.includes('runs again')), { timeout: 20_000 })
  expect(serverPid()).not.toBe(dead)
  const { connection } = await connect(temporal.address)
  await connection.close()
})

it('fails with the end of its log when the database is none', async () => {
  await writeFile(serverFiles(dataDir).database, 'this is no SQLite database, and long enough to be looked at as one')
  await expect(start()).rejects.toThrow(/did not get ready[\s\S]*not a database/)
})
