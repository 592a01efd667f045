/** Keys come, are wrong, and change, under a job that goes on. */
import { randomBytes } from 'node:crypto'
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { installationId } from '../../prisma/queries/installation.ts'
import { encryptionCodec } from '../../temporal/encryption/codec.ts'
import { decryptHistory } from '../../temporal/encryption/decrypt-history.ts'
import { readEncryptionKeys } from '../../temporal/encryption/keys.ts'
import { replayHistory } from '../../temporal/replay.ts'
import { videoJobWorkflowId } from '../../workflows/contract.ts'
import { type Base, startBase, startServer } from '../support/stack.ts'
import { startWorkerOn, until } from './support.ts'

const [a, b] = ['a', 'b'].map((id) => `${id}:${randomBytes(32).toString('base64')}`)
const under = (keys: string): Base => {
  const payloadCodecs = [encryptionCodec(readEncryptionKeys(keys))]
  return { ...base, target: { ...base.target, payloadCodecs } }
}

let base: Base
beforeAll(async () => {
  base = await startBase({ renderMs: 1_500 })
})
afterAll(() => base?.stop())

it('a job begun in the clear goes on encrypted, waits for a key that is missing, and outlives a change of keys', async () => {
  const clear = await startServer(base)
  const before = await startWorkerOn(base, clear.parts)
  const body = { campaign_id: await clear.api.campaign(), clip_duration: 4, num_pairs: 2 }
  const id: number = (await clear.api.post('/jobs/from-image-pairs', body)).body.job_id
  await before.stop()
  const workflowId = videoJobWorkflowId(await installationId(clear.parts.db), id)
  await clear.stop()
  const history = () => base.client.workflow.getHandle(workflowId).fetchHistory()

  const server = await startServer(under(a ?? ''))
  const first = await startWorkerOn(under(a ?? ''), server.parts)
  await server.api.post(`/jobs/${id}/approve`, { by: 'Anna' })
  await until('a look says encrypted which prediction it waits for, and the API reads it', async () => {
    const { body } = await server.api.get(`/jobs/${id}/workflow`)
    return body.pending_activities?.some((activity: { scene_id: string | null }) => activity.scene_id)
  })
  await first.stop()

  const wrong = await startWorkerOn(under(b ?? ''), server.parts)
  await until('the API tells which key is missing', async () => {
    const { body } = await server.api.get(`/jobs/${id}/workflow`)
    return body.pending_activities?.some(({ last_failure }: { last_failure: string | null }) =>
      last_failure?.includes('encrypted with the key "a", which PAYLOAD_ENCRYPTION_KEYS does not have'),
    )
  })
  await wrong.stop()

  const after = await startWorkerOn(under(`${b},${a}`), server.parts)
  // A step that met the wrong key a few times waits for up to a minute until its next try.
  expect((await server.api.ended(id, 150_000)).body).toMatchObject({ status: 'completed', progress: { error: null } })
  await Promise.all([after.stop(), server.stop()])

  const whole = await history()
  expect(historyToJSON(whole)).not.toContain(Buffer.from('"Anna"').toString('base64').slice(0, 6))
  const { payloadCodecs } = under(`${b},${a}`).target
  await replayHistory(whole, workflowId, { payloadCodecs })
  await expect(replayHistory(whole, workflowId, under(b ?? '').target)).rejects.toThrow()
  await replayHistory(await decryptHistory(whole, payloadCodecs ?? []), workflowId)
}, 240_000)
