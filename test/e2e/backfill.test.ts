import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createAsset } from '../../prisma/queries/assets.ts'
import type { Greenlight } from '../../runtime/start-all.ts'
import { startBackfill } from '../../temporal/backfill.ts'
import { type Api, type Base, PHOTOS, startBase, startGreenlight } from '../support/stack.ts'

const run = promisify(execFile)
const root = path.join(import.meta.dirname, '..', '..')

let origin: Server
let host: string
let asked: string[] = []
let base: Base
let greenlight: Greenlight & { api: Api }
let campaign: { id: string; clientId: string }
const start = () => startGreenlight(base, { ALLOWED_PRIVATE_HOSTS: host })
beforeAll(async () => {
  const photo = await readFile(path.join(PHOTOS, 'coffee.png'))
  origin = createServer((request, response) => {
    asked.push(request.url ?? '')
    if (request.url?.startsWith('/photo')) response.end(photo)
    else response.writeHead(404).end('gone')
  })
  await new Promise<void>((resolve) => origin.listen(0, '127.0.0.1', resolve))
  host = `127.0.0.1:${(origin.address() as AddressInfo).port}`
  base = await startBase()
  greenlight = await start()
  const id = await greenlight.api.campaign([])
  campaign = await greenlight.parts.db.campaign.findUniqueOrThrow({ where: { id } })
})
beforeEach(async () => {
  asked = []
  await greenlight.parts.db.asset.deleteMany()
})
afterAll(async () => {
  await greenlight?.stop()
  await base?.stop()
  origin?.close()
})

/** As an import leaves it. */
async function urlOnly(at: string): Promise<string> {
  const owner = { clientId: campaign.clientId, campaignId: campaign.id }
  const draft = { ...owner, name: at, type: 'image', sourceUrl: `http://${host}${at}`, metadata: { from: 'an import' } }
  return (await createAsset(greenlight.parts.db, draft)).id
}

const backfill = (limit: number | null = null, sleepMs = 0) =>
  startBackfill(base.client, greenlight.parts.db, { limit, sleepMs })

describe('the backfill', () => {
  it('stores what URLs give, says so of the assets, and reports what failed and why', async () => {
    const [good, dead] = [await urlOnly('/photo.png'), await urlOnly('/dead.png')]
    const result = await (await backfill()).result()
    expect(result).toMatchObject({ total: 2, stored: 1, failed: 1 })
    expect(result.failures).toEqual([{ assetId: dead, name: '/dead.png', reason: `${host} answered 404.` }])

    const { body } = await greenlight.api.get(`/campaigns/${campaign.id}/assets`)
    const shown = body.data.find(({ id }: { id: string }) => id === good)
    expect(shown).toMatchObject({
      has_blob_data: true,
      metadata: {
        from: 'an import',
        blob_backfilled_at: expect.stringMatching(/^\d{4}-.*Z$/),
        blob_size_bytes: result.storedBytes,
      },
    })
    asked = []
    expect(await greenlight.api.bytes(`/assets/${good}/data`)).toHaveLength(result.storedBytes)
    expect(asked).toEqual([])
    const row = await greenlight.parts.db.asset.findUniqueOrThrow({ where: { id: good } })
    expect(row.blobBackfilledAt).toBeInstanceOf(Date)
  })

  it('goes on where it was when the worker is gone for a while, and asks for nothing twice', async () => {
    for (let n = 0; n < 6; n++) await urlOnly(`/photo-${n}.png`)
    await backfill(null, 300)
    while (asked.length < 2) await sleep(20)
    await greenlight.stop()
    greenlight = await start()
    const again = await backfill()
    expect(again.attached).toBe(true)
    expect(await again.result()).toMatchObject({ total: 6, stored: 6, failed: 0 })
    expect(asked.toSorted()).toEqual(Array.from({ length: 6 }, (_, n) => `/photo-${n}.png`))
  })

  it('is run, limited and watched by its command', async () => {
    for (let n = 0; n < 3; n++) await urlOnly(`/photo-${n}.png`)
    const env = {
      PATH: process.env.PATH,
      DATA_DIR: base.dataDir,
      TEMPORAL_ADDRESS: base.target.address,
      TEMPORAL_NAMESPACE: base.target.namespace,
    }
    const script = path.join(root, 'scripts', 'backfill.ts')
    const { stdout } = await run(process.execPath, [script, '--limit', '2', '--sleep-ms', '10'], { env })
    expect(stdout).toMatch(/Done\. 2 of 2: 2 stored \(\d\.\d MB\), 0 failed\./)
    expect(asked).toHaveLength(2)
    const refused = await run(process.execPath, [script, '--limit', 'all'], { env }).catch((error) => error)
    expect(refused).toMatchObject({ code: 1, stderr: '--limit is a whole number from 1 on, not "all".\n' })
  })

  it('says so when no Temporal server answers', async () => {
    const env = { PATH: process.env.PATH, DATA_DIR: base.dataDir, TEMPORAL_ADDRESS: '127.0.0.1:9' }
    const refused = await run(process.execPath, [path.join(root, 'scripts', 'backfill.ts')], { env }).catch(
      (error) => error,
    )
    expect(refused).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^No Temporal server answers at 127\.0\.0\.1:9/),
    })
  })
})
