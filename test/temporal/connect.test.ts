import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectTemporal, lazyClient, readTemporalTarget } from '../../temporal/connect.ts'
import type { EmbeddedTemporal } from '../../temporal/embedded.ts'
import { startEmbeddedTemporal } from '../../temporal/embedded.ts'
import { freePort } from '../../temporal/ports.ts'

let folder: string
let temporal: EmbeddedTemporal
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'greenlight-connect-'))
  temporal = await startEmbeddedTemporal({ dataDir: folder, port: 0, uiPort: null, log: () => {} })
})
afterAll(async () => {
  await temporal.stop()
  await rm(folder, { recursive: true, force: true })
})

describe('the target', () => {
  it('is the server of npm start when the environment names none; blank is none', () => {
    const expected = { address: '127.0.0.1:7233', namespace: 'greenlight', named: false }
    expect(readTemporalTarget({})).toMatchObject(expected)
    expect(readTemporalTarget({ TEMPORAL_ADDRESS: ' ', TEMPORAL_NAMESPACE: '' })).toMatchObject(expected)
  })

  it('is what the usual variables say; an API key turns TLS on', () => {
    const env = { TEMPORAL_ADDRESS: 'cloud.example:7233', TEMPORAL_NAMESPACE: 'films.abc', TEMPORAL_API_KEY: 'key' }
    expect(readTemporalTarget(env)).toEqual({
      address: 'cloud.example:7233',
      namespace: 'films.abc',
      named: true,
      security: { apiKey: 'key', tls: true, metadata: undefined },
      payloadCodecs: [expect.anything()],
    })
    expect(readTemporalTarget({ TEMPORAL_ADDRESS: 'host:1' })).toMatchObject({ namespace: 'default' })
    expect(readTemporalTarget({ ...env, TEMPORAL_TLS: 'false' }).security.tls).toBe(false)
  })

  it('comes from a configuration file only when one is asked for', async () => {
    const file = path.join(folder, 'temporalio', 'temporal.toml')
    await mkdir(path.dirname(file))
    await writeFile(file, '[profile.default]\naddress = "somewhere:7233"\n')
    expect(readTemporalTarget({ XDG_CONFIG_HOME: folder })).toMatchObject({ named: false })
    expect(readTemporalTarget({ TEMPORAL_CONFIG_FILE: file })).toMatchObject({ address: 'somewhere:7233', named: true })
  })
})

describe('connecting', () => {
  it('says what to run when nothing answers', async () => {
    const address = `127.0.0.1:${await freePort(0)}`
    const nobody = { ...readTemporalTarget({}), address }
    await expect(connectTemporal(nobody)).rejects.toThrow(
      `No Temporal server answers at ${address} (Connection refused): run \`npm start\`, which brings its own, or set TEMPORAL_ADDRESS to one that runs.`,
    )
    await expect(connectTemporal(readTemporalTarget({ TEMPORAL_ADDRESS: address }))).rejects.toThrow(
      'start it, or correct TEMPORAL_ADDRESS',
    )
  })

  it('says how to make the namespace when the server lacks it', async () => {
    const target = readTemporalTarget({ TEMPORAL_ADDRESS: temporal.address, TEMPORAL_NAMESPACE: 'nowhere' })
    await expect(connectTemporal(target)).rejects.toThrow('has no namespace "nowhere": create it')
  })

  it('gives one connection to workers and the client', async () => {
    const target = readTemporalTarget({ TEMPORAL_ADDRESS: temporal.address, TEMPORAL_NAMESPACE: temporal.namespace })
    const { connection, client } = await connectTemporal(target)
    expect(client.connection).toBe(connection)
    const handle = await client.workflow.start('anything', { taskQueue: 'nobody', workflowId: 'connected' })
    expect(handle.workflowId).toBe('connected')
    await connection.close()
  })

  it('lets a client be made while Temporal is down, and used once it is up', async () => {
    const later = await mkdtemp(path.join(tmpdir(), 'greenlight-later-'))
    const port = await freePort(0)
    const client = lazyClient({ ...readTemporalTarget({}), address: `127.0.0.1:${port}` })
    await expect(client.withDeadline(Date.now() + 500, () => client.workflow.count())).rejects.toThrow()
    const started = await startEmbeddedTemporal({ dataDir: later, port, uiPort: null, log: () => {} })
    expect(await client.workflow.count()).toMatchObject({ count: 0 })
    await client.connection.close()
    await started.stop()
    await rm(later, { recursive: true, force: true })
  })
})
