/** A Temporal server behind TLS: its certificate is checked, ours is shown, and an API key goes along. */
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createSecureServer } from 'node:http2'
import net, { type AddressInfo, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pipeline } from 'node:stream'
import tls from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectTemporal, lazyClient, readTemporalTarget } from '../../temporal/connect.ts'
import { type EmbeddedTemporal, startEmbeddedTemporal } from '../../temporal/embedded.ts'

const UNAUTHENTICATED = '16'
const fixture = (name: string) => path.join(import.meta.dirname, '..', 'fixtures', 'tls', name)

let folder: string
let temporal: EmbeddedTemporal
let proxy: Server
let mutual: Record<string, string>
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'greenlight-tls-'))
  temporal = await startEmbeddedTemporal({ dataDir: folder, port: 0, uiPort: null, log: () => {} })
  // gRPC is HTTP/2 with and without TLS, so what comes out of the TLS goes to the server byte by byte.
  proxy = tls.createServer({ ...(await serverFiles()), requestCert: true, ALPNProtocols: ['h2'] }, (socket) => {
    const [host, port] = temporal.address.split(':')
    const upstream = net.connect(Number(port), host)
    pipeline(socket, upstream, socket, () => {})
  })
  mutual = {
    TEMPORAL_ADDRESS: await listening(proxy),
    TEMPORAL_NAMESPACE: temporal.namespace,
    TEMPORAL_TLS_CLIENT_CERT_PATH: fixture('client.pem'),
    TEMPORAL_TLS_CLIENT_KEY_PATH: fixture('client.key'),
    TEMPORAL_TLS_SERVER_CA_CERT_PATH: fixture('ca.pem'),
    TEMPORAL_TLS_SERVER_NAME: 'temporal.test',
  }
})
afterAll(async () => {
  proxy.close()
  await temporal.stop()
  await rm(folder, { recursive: true, force: true })
})

describe('mutual TLS', () => {
  it('serves workers and clients', async () => {
    const target = readTemporalTarget(mutual)
    const { connection, client } = await connectTemporal(target)
    const { count } = await client.workflow.count()
    await connection.close()
    const lazy = lazyClient(target)
    expect(await lazy.workflow.count()).toMatchObject({ count })
    await lazy.connection.close()
  })

  it.each([
    // By whether the server's refusal or the end of the connection is noticed first.
    [
      'a certificate of ours',
      ['TEMPORAL_TLS_CLIENT_CERT_PATH', 'TEMPORAL_TLS_CLIENT_KEY_PATH'],
      /(transport error|operation was canceled)/,
    ],
    ["the server's authority", ['TEMPORAL_TLS_SERVER_CA_CERT_PATH'], /not accepted: UnknownIssuer/],
    ["the certificate's name", ['TEMPORAL_TLS_SERVER_NAME'], /not accepted: NotValidForNameContext/],
  ])('is not had without %s', async (_, without, reason) => {
    const env = Object.fromEntries(Object.entries(mutual).filter(([name]) => !without.includes(name)))
    await expect(connectTemporal(readTemporalTarget(env))).rejects.toThrow(
      new RegExp(`${reason.source}\\): start it, or correct TEMPORAL_ADDRESS and TEMPORAL_TLS_…`),
    )
  })
})

describe('an API key', () => {
  it('is sent as a bearer token, and is not told when the server refuses it', async () => {
    const shown: unknown[] = []
    const server = createSecureServer({ ...(await serverFiles()), rejectUnauthorized: false })
    server.on('stream', (stream, headers) => {
      shown.push(headers.authorization)
      const refusal = { 'grpc-status': UNAUTHENTICATED, 'grpc-message': 'Request unauthorized.' }
      stream.respond({ ':status': 200, 'content-type': 'application/grpc', ...refusal }, { endStream: true })
    })
    const env = {
      ...mutual,
      TEMPORAL_ADDRESS: await listening(server),
      // As a secret that was read from a file comes.
      TEMPORAL_API_KEY: 'key-of-the-test\n',
    }
    const refused = await connectTemporal(readTemporalTarget(env)).catch((error: Error) => error)
    expect(shown[0]).toBe('Bearer key-of-the-test')
    expect(`${refused}`).toContain('refuses us (Request unauthorized.): correct TEMPORAL_API_KEY')
    expect(JSON.stringify([`${refused}`, (refused as Error).cause])).not.toContain('key-of-the-test')
    server.close()
  })
})

describe('settings that the SDK would pass over', () => {
  it.each([
    [{ TEMPORAL_TLS: 'yes' }, 'TEMPORAL_TLS must be true or false'],
    [{ TEMPORAL_TLS_DISABLE_HOST_VERIFICATION: 'true' }, 'TEMPORAL_TLS_SERVER_CA_CERT_PATH'],
    [{ TEMPORAL_TLS_CLIENT_CERT_PATH: fixture('client.pem') }, 'TEMPORAL_TLS_CLIENT_KEY_PATH (or _DATA): set both'],
    [{ TEMPORAL_TLS_CLIENT_KEY_DATA: 'x' }, 'TEMPORAL_TLS_CLIENT_CERT_PATH (or _DATA): set both'],
    [{ TEMPORAL_TLS_SERVER_CA_CERT_PATH: '/nowhere.pem' }, "names /nowhere.pem, which can't be read (ENOENT)"],
    [{ TEMPORAL_TLS_SERVER_CA_CERT_PATH: import.meta.filename }, 'which is not in the PEM format'],
    [{ TEMPORAL_CONFIG_FILE: '/nowhere.toml' }, 'TEMPORAL_CONFIG_FILE names /nowhere.toml'],
  ])('are refused by name: %j', (env, sentence) => {
    expect(() => readTemporalTarget(env as Record<string, string>)).toThrow(sentence)
  })

  it('are so in a configuration file too', async () => {
    const file = path.join(folder, 'temporal.toml')
    await writeFile(file, '[profile.default]\naddress = "somewhere:7233"\n')
    expect(() => readTemporalTarget({ TEMPORAL_CONFIG_FILE: file, TEMPORAL_PROFILE: 'prod' })).toThrow(
      "TEMPORAL_CONFIG_FILE with TEMPORAL_PROFILE can't be used: Profile 'prod' not found",
    )
  })
})

async function serverFiles() {
  const [ca, cert, key] = await Promise.all(
    ['ca.pem', 'server.pem', 'server.key'].map((name) => readFile(fixture(name))),
  )
  return { ca, cert, key }
}

async function listening(server: { listen(port: number, host: string): unknown; address(): unknown }): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server as Server, 'listening')
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}
