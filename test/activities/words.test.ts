import { readFile } from 'node:fs/promises'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { queueRegeneration } from '../../prisma/queries/revisions.ts'
import { asker, sceneOf, startRevisionBench } from './revision-help.ts'

const { bench, plan, approved, buy, row } = await startRevisionBench()
const { db, blobs } = bench

const GREEN = { colors: { primary: '#00ff00' } }
const ORDER = { overlays: [{ kind: 'call_to_action' as const, text: 'Book a viewing' }] }

async function job({ overlays, brand }: { overlays?: object[]; brand?: object }) {
  const made = await approved()
  await db.scene.update({ where: { id: sceneOf(made) }, data: { overlays } })
  await db.client.update({ where: { id: made.clientId }, data: { brandGuidelines: brand } })
  return row(made)
}

/** Buys a scene's clip and stores it. @returns how many pixels of its still are of the plate's green */
async function stored(made: Awaited<ReturnType<typeof row>>, attempt = 1): Promise<number> {
  const predictionId = await buy(made, attempt)
  const ref = { jobId: made.id, predictionId }
  await expect
    .poll(
      async () =>
        bench.attempt('awaitPrediction', ref).then(
          () => true,
          () => false,
        ),
      { timeout: 20_000 },
    )
    .toBe(true)
  await bench.attempt('storeClip', { ...ref, sceneId: sceneOf(made) })
  const { thumbnailHash } = await db.take.findUniqueOrThrow({ where: { predictionId } })
  const { data } = await sharp(await readFile(await blobs.localFile(thumbnailHash, bench.tempDir)))
    .raw()
    .toBuffer({ resolveWithObject: true })
  let green = 0
  for (let at = 0; at < data.length; at += 3) {
    if ((data[at] ?? 0) < 60 && (data[at + 1] ?? 0) > 200 && (data[at + 2] ?? 0) < 60) green++
  }
  return green
}

describe("a scene's words", () => {
  it("are burned into its clip, in the client's colours", async () => {
    expect(await stored(await job({ ...ORDER, brand: GREEN }))).toBeGreaterThan(500)
  })

  it('leave a clip as it came where there are none', async () => {
    const made = await job({ brand: GREEN })
    expect(await stored(made)).toBe(0)
  })

  it('are drawn although the brand names a logo that is not there', async () => {
    const brand = { ...GREEN, logo_asset_id: '5b1f0f5e-0000-4000-8000-000000000000' }
    expect(await stored(await job({ ...ORDER, brand }))).toBeGreaterThan(500)
  })

  it('follow the campaign where it has guidelines of its own', async () => {
    const made = await job({ ...ORDER, brand: { colors: { primary: '#ff0000' } } })
    await db.campaign.update({ where: { id: made.campaignId }, data: { metadata: { brand_guidelines: GREEN } } })
    expect(await stored(made)).toBeGreaterThan(500)
  })

  it('are those of a regeneration in its clip', async () => {
    const made = await job({ brand: GREEN })
    expect(await stored(made)).toBe(0)
    const done = { status: 'completed', stage: 'completed', stitchedHash: 'film', videoHash: 'film', videoDuration: 4 }
    await db.job.update({ where: { id: made.id }, data: done })
    await queueRegeneration(db, made.id, [sceneOf(made)], { changes: ORDER, music: false }, asker)
    expect((await plan(made, 1)).scenes).toEqual([{ id: sceneOf(made), attempt: 2 }])
    expect(await stored(await row(made), 2)).toBeGreaterThan(500)
  })
})
