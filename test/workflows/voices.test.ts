import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { approve, type Purchase, type RenderPlan } from '../../workflows/contract.ts'
import { type Bench, plan, predictionFailed, startBench } from './workflow-bench.ts'

let bench: Bench
beforeAll(async () => {
  bench = await startBench()
})
afterAll(() => bench.stop())

const voices = (failOnError: boolean): RenderPlan['voices'] => ({
  scenes: [0, 1].map((position) => ({ position, attempt: 1 })),
  failOnError,
})
const approved = (failOnError: boolean) => ({
  recordDecision: async () => ({ decision: 'approved' as const, plan: plan(2, { voices: voices(failOnError) }) }),
})
/** The voice of the second scene fails. */
const failing = {
  submitPrediction: async (purchase: Purchase) => {
    if (purchase.kind === 'voice' && purchase.position === 1) throw predictionFailed('no GPU')
    return { jobId: 1, predictionId: JSON.stringify(purchase) }
  },
}

describe('voices', () => {
  it('are bought beside the scenes, and there before the film is stitched', async () => {
    await bench.run(approved(false), async (handle, calls) => {
      await handle.signal(approve)
      expect(await handle.result()).toMatchObject({ stage: 'completed' })
      const at = (call: string) => calls.indexOf(call)
      expect(calls.filter((call) => call.startsWith('storeVoice'))).toHaveLength(2)
      expect(at('submitPrediction 1')).toBeLessThan(at('stitchFilm'))
      for (const stored of ['storeVoice 0', 'storeVoice 1']) expect(at(stored)).toBeLessThan(at('stitchFilm'))
    })
  })

  it('are missing where they fail', async () => {
    await bench.run({ ...approved(false), ...failing }, async (handle, calls) => {
      await handle.signal(approve)
      expect(await handle.result()).toMatchObject({ stage: 'completed' })
      expect(calls).toEqual(expect.arrayContaining(['storeVoice 0', 'recordVoiceFailure 1', 'stitchFilm']))
    })
  })

  it('fail the job where it is not to be without them, once everything that was bought is stored', async () => {
    let reason = ''
    const failJob = async (failed: { reason: string }) => {
      reason = failed.reason
    }
    await bench.run({ ...approved(true), ...failing, failJob }, async (handle, calls) => {
      await handle.signal(approve)
      await expect(handle.result()).rejects.toThrow()
      expect(reason).toBe('A voice-over failed: scene 2: no GPU')
      expect(calls).toEqual(expect.arrayContaining(['storeVoice 0', 'storeClip 1', 'storeClip 2']))
      expect(calls).not.toContain('stitchFilm')
    })
  })
})
