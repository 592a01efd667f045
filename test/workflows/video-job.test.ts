import { setTimeout as sleep } from 'node:timers/promises'
import { WorkflowFailedError } from '@temporalio/client'
import { ApplicationFailure } from '@temporalio/common'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Activities } from '../../activities/index.ts'
import { approve, predictionChanged, reject, revise, state } from '../../workflows/contract.ts'
import { type Bench, type JobHandle, plan, predictionFailed, startBench, stillRunning } from './workflow-bench.ts'

let bench: Bench
beforeAll(async () => {
  bench = await startBench()
})
afterAll(() => bench.stop())

const countOf = (calls: string[], name: string) => calls.filter((call) => call.split(' ')[0] === name).length

/** Until `times` looks at predictions have begun. */
async function looked(calls: string[], times: number) {
  while (countOf(calls, 'awaitPrediction') < times) await sleep(20)
}

/** Looks `times` times at a running prediction, `every` apart, then finds it done. */
function doneAfter(times: number, every: string) {
  const looks = new Map<string, number>()
  return async ({ predictionId }: { predictionId: string }) => {
    const look = (looks.get(predictionId) ?? 0) + 1
    looks.set(predictionId, look)
    if (look <= times) throw stillRunning(every)
  }
}

describe('a job', () => {
  it('renders nothing before it is approved, then everything in order', async () => {
    await bench.run({}, async (handle, calls) => {
      expect(await handle.query(state)).toMatchObject({ stage: 'pending', decision: null })
      expect(countOf(calls, 'submitPrediction')).toBe(0)
      await handle.signal(approve, { by: 'Anna' })
      expect(await handle.result()).toMatchObject({ stage: 'completed', scenes: { 1: 'completed', 2: 'completed' } })
      expect(calls.slice(0, 2)).toEqual(['writeStoryboard', 'recordDecision'])
      expect(calls.slice(-2)).toEqual(['stitchFilm', 'completeJob'])
    })
  })

  it('is complete with its film where nothing comes after it, without another step', async () => {
    const stitchFilm = async ({ isLast }: { isLast?: boolean }) =>
      isLast ? ({ stage: 'completed' } as const) : undefined
    await bench.run({ stitchFilm }, async (handle, calls) => {
      await handle.signal(approve)
      expect(await handle.result()).toMatchObject({ stage: 'completed' })
      expect(calls).not.toContain('completeJob')
    })
  })

  it('is not complete with its film where music comes after it', async () => {
    const music = { segments: 1, haltOnError: true, failOnError: true }
    const wanted: unknown[] = []
    const stitchFilm = async (film: unknown) => {
      wanted.push(film)
      return undefined
    }
    const recordDecision = async () => ({ decision: 'approved', plan: plan(1, { music }) }) as const
    await bench.run({ recordDecision, stitchFilm }, async (handle, calls) => {
      await handle.signal(approve)
      await handle.result()
      expect(wanted).toEqual([{ jobId: expect.any(Number), isLast: false }])
      expect(calls.at(-1)).toBe('completeJob')
    })
  })

  it.each([
    ['nothing', []],
    ['null', [null]],
    ['a name', ['Anna']],
  ] as const)('takes an approval that brings %s', async (_, args) => {
    await bench.run({}, async (handle) => {
      await handle.signal('approve', ...args)
      expect(await handle.result()).toMatchObject({ stage: 'completed' })
    })
  })

  it.each([[7], [{ by: 7, note: { a: 1 } }], [['x']]])('takes an approval that brings %j', async (message) => {
    let told: { by: unknown; note: unknown } | undefined
    const recordDecision = async ({ by, note }: { by: unknown; note: unknown }) => {
      told = { by, note }
      return { decision: 'approved' as const, plan: plan(1) }
    }
    await bench.run({ recordDecision }, async (handle) => {
      await handle.signal('approve', message)
      expect(await handle.result()).toMatchObject({ stage: 'completed' })
      for (const value of Object.values(told ?? {})) expect(value === null || typeof value === 'string').toBe(true)
    })
  })

  it('does what an approval from the API has planned, without asking the rows first', async () => {
    await bench.run({}, async (handle, calls) => {
      await handle.signal(approve, { by: 'Anna', plan: plan(3) })
      expect(await handle.result()).toMatchObject({ stage: 'completed', decision: 'approved' })
      expect(calls).not.toContain('recordDecision')
      expect(countOf(calls, 'submitPrediction')).toBe(3)
    })
  })

  it.each([7, 'all', {}, { scenes: 'all' }, { scenes: [] }])('asks the rows where a plan is none: %j', async (none) => {
    await bench.run({}, async (handle, calls) => {
      await handle.signal('approve', { by: 'Anna', plan: none })
      expect(await handle.result()).toMatchObject({ stage: 'completed' })
      expect(calls).toContain('recordDecision')
    })
  })

  it('waits on when an approval came before there was a storyboard to see', async () => {
    const early: unknown[] = []
    const recordDecision = async (decision: { early?: boolean }) => {
      early.push(decision.early)
      return decision.early ? { decision: 'undecided' as const } : { decision: 'approved' as const, plan: plan(1) }
    }
    const approveEarly = (handle: JobHandle) => handle.signal(approve)
    await bench.run(
      { recordDecision },
      async (handle, calls) => {
        while (!calls.includes('recordDecision')) await sleep(20)
        await handle.signal(approve)
        expect(await handle.result()).toMatchObject({ stage: 'completed' })
        expect(early).toEqual([true, undefined])
      },
      approveEarly,
    )
  })

  it('waits on when a budget has too little left for an approval, and says so to who asks it', async () => {
    let budget = 'too little'
    const reason = 'It would cost $2.40, which is more than the campaign has left'
    const recordDecision = async () =>
      budget === 'too little'
        ? { decision: 'undecided' as const, reason }
        : { decision: 'approved' as const, plan: plan(1) }
    await bench.run({ recordDecision }, async (handle) => {
      await handle.signal(approve)
      while ((await handle.query(state)).error === null) await sleep(20)
      expect(await handle.query(state)).toMatchObject({ stage: 'pending', decision: null, error: reason })
      budget = 'raised'
      await handle.signal(approve)
      expect(await handle.result()).toMatchObject({ stage: 'completed', decision: 'approved', error: null })
    })
  })

  it('is not ended by a revision that comes before it was approved', async () => {
    const planRevision = async () => ({ music: null, decided: false })
    await bench.run({ planRevision }, async (handle, calls) => {
      await handle.signal(revise, { music: true })
      while (!calls.includes('planRevision')) await sleep(20)
      await handle.signal(approve)
      expect(await handle.result()).toMatchObject({ stage: 'completed' })
    })
  })

  it('takes a retry up that came while the failure of its storyboard was being recorded', async () => {
    let writes = 0
    let current: JobHandle | undefined
    const overrides: Partial<Activities> = {
      writeStoryboard: async () => {
        if (++writes === 1) throw ApplicationFailure.nonRetryable('no photos', 'StoryboardImpossible')
        return { approvalTimeoutSeconds: null }
      },
      failJob: async () => current?.signal(revise, { number: 1 }),
      planRevision: async () => ({ music: null, decided: false }),
    }
    await bench.run(overrides, async (handle, calls) => {
      current = handle
      while (!calls.includes('planRevision')) await sleep(20)
      await handle.signal(approve)
      expect(await handle.result()).toMatchObject({ stage: 'completed', error: null })
      const begun = calls.slice(0, 4)
      expect(begun).toEqual(['writeStoryboard', 'failJob', 'writeStoryboard', 'planRevision'])
    })
  })

  it('ends when it was canceled before its workflow ran, with what was asked for meanwhile', async () => {
    const overrides: Partial<Activities> = {
      writeStoryboard: async () => ({ approvalTimeoutSeconds: null, canceled: true }),
      planRevision: async () => ({ music: null, decided: true, stage: 'canceled' }),
    }
    const early = (handle: JobHandle) => handle.signal(revise, { number: 1 })
    await bench.run(
      overrides,
      async (handle, calls) => {
        expect(await handle.result()).toMatchObject({ stage: 'canceled' })
        expect(calls).toEqual(['writeStoryboard', 'planRevision'])
      },
      early,
    )
  })

  it('follows the row when that says something else than the signal', async () => {
    await bench.run({ recordDecision: async () => ({ decision: 'rejected' }) }, async (handle, calls) => {
      await handle.signal(approve)
      expect(await handle.result()).toMatchObject({ stage: 'rejected' })
      expect(countOf(calls, 'submitPrediction')).toBe(0)
    })
  })

  it('that is rejected and approved before it is looked at is rejected', async () => {
    let told: unknown
    const recordDecision = async (decision: { decision: string }) => {
      told = decision.decision
      return { decision: 'rejected' as const }
    }
    const bothSignals = async (handle: JobHandle) => {
      await handle.signal(approve)
      await handle.signal(reject, { by: 'Ben', reason: 'dark' })
    }
    await bench.run({ recordDecision }, (handle) => handle.result(), bothSignals)
    expect(told).toBe('rejected')
  })
})

describe('waiting for predictions', () => {
  it('costs as many events for 30 minutes as for 3 seconds', async () => {
    const oneScene = async () => ({ decision: 'approved' as const, plan: plan(1) })
    const eventsFor = (every: string) =>
      bench.run({ recordDecision: oneScene, awaitPrediction: doneAfter(3, every) }, async (handle) => {
        await handle.signal(approve)
        await handle.result()
        const { events = [] } = await handle.fetchHistory()
        // How many workflow tasks there are is a matter of what happens to arrive together.
        return events?.filter((event) => !Object.keys(event).some((key) => key.startsWith('workflowTask'))).length
      })
    expect(await eventsFor('10m')).toBe(await eventsFor('1s'))
  })

  it('looks at once when a webhook hints', async () => {
    let hinted = false
    const awaitPrediction = async ({ predictionId }: { predictionId: string }) => {
      if (predictionId === 'p-1-1' && !hinted) throw stillRunning('50m')
    }
    await bench.run({ awaitPrediction }, async (handle, calls) => {
      await handle.signal(approve)
      await looked(calls, 2)
      hinted = true
      await handle.signal(predictionChanged, 'p-1-1')
      await handle.result()
      // The look that slept was given up for a new one; a retry of the old one would not be scheduled again.
      const { events = [] } = await handle.fetchHistory()
      const looks = events?.filter(
        (event) => event.activityTaskScheduledEventAttributes?.activityType?.name === 'awaitPrediction',
      )
      expect(looks).toHaveLength(3)
    })
  })
})

describe('scenes', () => {
  it('are rendered at most maxParallelScenes at once', async () => {
    let open = 0
    let most = 0
    const overrides = {
      recordDecision: async () => ({ decision: 'approved' as const, plan: plan(7, { maxParallelScenes: 3 }) }),
      submitPrediction: async ({ sceneId }: { sceneId?: string }) => {
        most = Math.max(most, ++open)
        return { jobId: 1, predictionId: String(sceneId) }
      },
      storeClip: async () => {
        open--
      },
    }
    await bench.run(overrides as never, async (handle) => {
      await handle.signal(approve)
      await handle.result()
      expect(most).toBe(3)
    })
  })

  it('go on when one fails, and the job then fails with everything else kept', async () => {
    const awaitPrediction = async ({ predictionId }: { predictionId: string }) => {
      if (predictionId === 'p-1-1') throw predictionFailed('moderation')
    }
    await bench.run({ awaitPrediction }, async (handle, calls) => {
      await handle.signal(approve)
      await expect(handle.result()).rejects.toThrow(WorkflowFailedError)
      expect(calls).toContain('storeClip 2')
      expect(calls).toContain('failScene 1')
      expect(calls).not.toContain('stitchFilm')
    })
  })

  it('go on when the failure of one can not be recorded, and the job fails once all have ended', async () => {
    let isFirstTold = false
    const overrides: Partial<Activities> = {
      awaitPrediction: async ({ predictionId }) => {
        if (predictionId === 'p-1-1') throw predictionFailed('moderation')
        if (!isFirstTold) throw stillRunning('5s')
      },
      failScene: async () => {
        isFirstTold = true
        throw ApplicationFailure.nonRetryable('the rows can not take this', 'InvalidRow')
      },
    }
    await bench.run(overrides, async (handle, calls) => {
      await handle.signal(approve)
      await expect(handle.result()).rejects.toMatchObject({
        cause: { cause: { message: 'the rows can not take this' } },
      })
      expect(calls.slice(-2)).toEqual(['storeClip 2', 'failJob'])
    })
  })

  it('are bought again when the rules say so, and only then', async () => {
    const bought: string[] = []
    const overrides = {
      submitPrediction: async ({ sceneId, attempt }: { sceneId?: string; attempt: number }) => {
        bought.push(`${sceneId}/${attempt}`)
        return { jobId: 1, predictionId: `${sceneId}/${attempt}` }
      },
      awaitPrediction: async ({ predictionId }: { predictionId: string }) => {
        if (predictionId === '2/1') throw predictionFailed('interrupted')
      },
      decideAttempt: async ({ attempt }: { attempt: number }) => attempt + 1,
    }
    await bench.run(overrides as never, async (handle) => {
      await handle.signal(approve)
      await handle.result()
      expect(bought.sort()).toEqual(['1/1', '2/1', '2/2'])
    })
  })

  it('fail by the attempt that was made last', async () => {
    const failed: unknown[] = []
    const overrides = {
      awaitPrediction: async ({ predictionId }: { predictionId: string }) => {
        if (predictionId.startsWith('p-2')) throw predictionFailed('interrupted')
      },
      decideAttempt: async ({ attempt }: { attempt: number }) => (attempt < 3 ? attempt + 1 : null),
      failScene: async ({ sceneId, attempt, reason }: Record<string, unknown>) => {
        failed.push({ sceneId, attempt, reason })
      },
    }
    await bench.run(overrides as never, async (handle) => {
      await handle.signal(approve)
      await expect(handle.result()).rejects.toThrow(WorkflowFailedError)
      expect(failed).toEqual([{ sceneId: '2', attempt: 3, reason: 'interrupted' }])
    })
  })

  it('are canceled with the job: what was bought is ended, and nothing is stitched', async () => {
    const awaitPrediction = async () => {
      throw stillRunning('60s')
    }
    await bench.run({ awaitPrediction }, async (handle, calls) => {
      await handle.signal(approve)
      await looked(calls, 2)
      await handle.cancel()
      await expect(handle.result()).rejects.toThrow(WorkflowFailedError)
      expect(calls.at(-1)).toBe('cancelJob')
      expect(calls).not.toContain('failJob')
      expect(calls).not.toContain('stitchFilm')
    })
  })
})

describe('variants', () => {
  /** Two scenes, of the first of which three clips are bought. */
  const scenes = plan(2).scenes.map((scene) => ({ ...scene, ...(scene.id === '1' && { variants: 3 }) }))
  const approved: Partial<Activities> = {
    recordDecision: async () => ({ decision: 'approved', plan: plan(2, { scenes }) }),
    // One of several is bought again by the attempt that many later.
    decideAttempt: async (purchase) => {
      const { attempt, variants = 1 } = purchase as { attempt: number; variants?: number }
      return attempt <= variants ? attempt + variants : null
    },
  }
  const failing = (...ids: string[]): Partial<Activities> => ({
    awaitPrediction: async ({ predictionId }) => {
      if (ids.includes(predictionId)) throw predictionFailed(`${predictionId} was refused`)
    },
  })

  it('are bought beside each other, each by attempts of its own, and the film waits for all', async () => {
    const bought: string[] = []
    const submitPrediction: Activities['submitPrediction'] = async (purchase) => {
      const { sceneId, attempt } = purchase as { sceneId: string; attempt: number }
      bought.push(`${sceneId}/${attempt}`)
      return { jobId: 1, predictionId: `p-${sceneId}-${attempt}` }
    }
    await bench.run({ ...approved, ...failing('p-1-2'), submitPrediction }, async (handle, calls) => {
      await handle.signal(approve)
      expect(await handle.result()).toMatchObject({ stage: 'completed', scenes: { 1: 'completed', 2: 'completed' } })
      expect(bought.sort()).toEqual(['1/1', '1/2', '1/3', '1/5', '2/1'])
      expect(calls.filter((call) => call === 'storeClip 1')).toHaveLength(3)
      expect(calls.lastIndexOf('storeClip 1')).toBeLessThan(calls.indexOf('stitchFilm'))
    })
  })

  it('that fail do no harm while another is there, and are told of', async () => {
    const lost: unknown[] = []
    const recordLostVariant: Activities['recordLostVariant'] = async ({ sceneId, attempt, reason }) =>
      void lost.push({ sceneId, attempt, reason })
    const overrides = { ...approved, ...failing('p-1-1', 'p-1-4', 'p-1-3', 'p-1-6'), recordLostVariant }
    await bench.run(overrides, async (handle, calls) => {
      await handle.signal(approve)
      expect(await handle.result()).toMatchObject({ stage: 'completed' })
      expect(calls).not.toContain('failScene 1')
      expect(lost).toEqual([
        { sceneId: '1', attempt: 4, reason: 'p-1-4 was refused' },
        { sceneId: '1', attempt: 6, reason: 'p-1-6 was refused' },
      ])
    })
  })

  it('that all fail are the failure of their scene, by the attempt that was made last', async () => {
    const failed: unknown[] = []
    const overrides: Partial<Activities> = {
      ...approved,
      decideAttempt: async () => null,
      ...failing('p-1-1', 'p-1-2', 'p-1-3'),
      failScene: async ({ sceneId, attempt, reason }) => void failed.push({ sceneId, attempt, reason }),
    }
    await bench.run(overrides, async (handle) => {
      await handle.signal(approve)
      await expect(handle.result()).rejects.toThrow(WorkflowFailedError)
      const reason = 'All 3 variants failed: p-1-1 was refused p-1-2 was refused p-1-3 was refused'
      expect(failed).toEqual([{ sceneId: '1', attempt: 3, reason }])
    })
  })
})

describe('transitions', () => {
  /** Three scenes, each of which goes over into the next. */
  const scenes = plan(3).scenes.map((scene, position) => ({ ...scene, position }))
  const approved = (transitions: number[]): Partial<Activities> => ({
    recordDecision: async () => ({ decision: 'approved', plan: plan(3, { scenes, transitions }) }),
  })
  /** How long the third scene renders is told by `isOver`. */
  const untilOver =
    (isOver: () => boolean) =>
    async ({ predictionId }: { predictionId: string }) => {
      if (predictionId === 'p-3-1' && !isOver()) throw stillRunning('5s')
    }

  it('are rendered as soon as both of their scenes are there, while another still renders', async () => {
    let rendered = false
    const overrides: Partial<Activities> = {
      ...approved([0, 1]),
      awaitPrediction: untilOver(() => rendered),
      renderTransition: async () => {
        rendered = true
      },
    }
    await bench.run(overrides, async (handle, calls) => {
      await handle.signal(approve)
      await handle.result()
      const [first, second] = [calls.indexOf('renderTransition 0'), calls.indexOf('renderTransition 1')]
      expect(first).toBeGreaterThan(-1)
      expect(first).toBeLessThan(calls.indexOf('storeClip 3'))
      expect(second).toBeGreaterThan(calls.indexOf('storeClip 3'))
      expect(second).toBeLessThan(calls.indexOf('stitchFilm'))
      expect(countOf(calls, 'renderTransition')).toBe(2)
    })
  })

  it('are left to the stitching when they fail, and not rendered where there are cuts', async () => {
    const renderTransition = async () => {
      throw ApplicationFailure.nonRetryable('the disk is full')
    }
    await bench.run({ ...approved([1]), renderTransition }, async (handle, calls) => {
      await handle.signal(approve)
      expect(await handle.result()).toMatchObject({ stage: 'completed', error: null })
      expect(calls.filter((call) => call.startsWith('renderTransition'))).toEqual(['renderTransition 1'])
      expect(countOf(calls, 'stitchFilm')).toBe(1)
    })
  })

  it('are rendered next to a scene that is regenerated, and nowhere else', async () => {
    const planRevision: Activities['planRevision'] = async () => ({
      ...{ decided: true, stage: 'completed', music: null, revision: { number: 1, kind: 'regenerate' } },
      ...{ scenes: scenes.slice(2), maxParallelScenes: 1, transitions: [1] },
    })
    const asked: unknown[] = []
    const renderTransition = async (transition: unknown) => {
      asked.push(transition)
    }
    await bench.run({ planRevision, renderTransition }, async (handle) => {
      await handle.signal(revise, { number: 1 })
      await handle.result()
      expect(asked).toEqual([{ jobId: 1, position: 1, revision: 1 }])
    })
  })

  it('end with a job that is canceled meanwhile', async () => {
    const overrides = { ...approved([0, 1]), awaitPrediction: untilOver(() => false) }
    await bench.run(overrides, async (handle, calls) => {
      await handle.signal(approve)
      while (countOf(calls, 'renderTransition') < 1) await sleep(20)
      await handle.cancel()
      await expect(handle.result()).rejects.toThrow(WorkflowFailedError)
      expect(calls.at(-1)).toBe('cancelJob')
      expect(calls).not.toContain('stitchFilm')
    })
  })
})

describe('a regeneration in a new run', () => {
  const regenerated: Partial<Activities> = {
    planRevision: async () => ({
      ...{ decided: true, stage: 'completed', music: null },
      ...{ revision: { number: 1, kind: 'regenerate' }, scenes: plan(1).scenes, maxParallelScenes: 1 },
    }),
  }
  const asked = (handle: JobHandle) => handle.signal(revise, { number: 1 })

  it('leaves the stage at that of the finished film', async () => {
    await bench.run(regenerated, async (handle) => {
      await asked(handle)
      expect(await handle.result()).toMatchObject({ stage: 'completed', error: null })
    })
  })

  it('does so too when it fails', async () => {
    const awaitPrediction = async () => {
      throw predictionFailed('moderation')
    }
    await bench.run({ ...regenerated, awaitPrediction }, async (handle) => {
      await asked(handle)
      await expect(handle.result()).rejects.toThrow(WorkflowFailedError)
      expect(await handle.query(state)).toMatchObject({ stage: 'completed', error: '1 of 1 scenes failed.' })
    })
  })
})

describe('music', () => {
  const withMusic = (changes: { haltOnError?: boolean; failOnError?: boolean } = {}) => ({
    recordDecision: async () => ({
      decision: 'approved' as const,
      plan: plan(2, { music: { segments: 3, haltOnError: false, failOnError: false, ...changes } }),
    }),
  })
  const secondFails = {
    awaitPrediction: async ({ predictionId }: { predictionId: string }) => {
      if (predictionId === 'm-1') throw ApplicationFailure.nonRetryable('no GPU', 'PredictionFailed')
    },
  }

  it('is made one segment after another, after the stitch', async () => {
    await bench.run(withMusic(), async (handle, calls) => {
      await handle.signal(approve)
      expect(await handle.result()).toMatchObject({ musicSegments: 3 })
      const made = calls
        .slice(calls.indexOf('stitchFilm') + 1)
        .filter((call) => /Segment|Soundtrack|beginMusic/.test(call))
      expect(made).toEqual(['beginMusic', 'storeSegment 0', 'storeSegment 1', 'storeSegment 2', 'finishSoundtrack'])
    })
  })

  it('goes on with what is bought of it', async () => {
    const music = { segments: 3, have: [0], goOn: [{ position: 1, attempt: 2 }], firstAttempt: 4 }
    const bought: string[] = []
    const overrides = {
      recordDecision: async () => ({
        decision: 'approved' as const,
        plan: plan(0, { music: { ...music, haltOnError: true, failOnError: true } }),
      }),
      submitPrediction: async ({ position, attempt }: { position?: number; attempt: number }) => {
        bought.push(`${position}/${attempt}`)
        return { jobId: 1, predictionId: `${position}/${attempt}` }
      },
    }
    await bench.run(overrides as never, async (handle) => {
      await handle.signal(approve)
      await handle.result()
      expect(bought).toEqual(['1/2', '2/4'])
    })
  })

  it('goes on with silence where a segment fails', async () => {
    await bench.run({ ...withMusic(), ...secondFails }, async (handle, calls) => {
      await handle.signal(approve)
      await handle.result()
      expect(calls).toContain('silenceSegment 1')
      expect(calls).toContain('finishSoundtrack')
    })
  })

  it('ends at the first failure when told to halt, and the film is finished without it', async () => {
    await bench.run({ ...withMusic({ haltOnError: true }), ...secondFails }, async (handle, calls) => {
      await handle.signal(approve)
      expect(await handle.result()).toMatchObject({ stage: 'completed' })
      expect(calls).toContain('recordMusicFailure')
      expect(calls.slice(calls.indexOf('beginMusic')).filter((call) => call.startsWith('submit'))).toHaveLength(2)
    })
  })

  it('fails the job when told to', async () => {
    await bench.run(
      { ...withMusic({ haltOnError: true, failOnError: true }), ...secondFails },
      async (handle, calls) => {
        await handle.signal(approve)
        await expect(handle.result()).rejects.toMatchObject({ cause: { message: 'The music failed: no GPU' } })
        expect(calls.slice(-2)).toEqual(['recordMusicFailure', 'failJob'])
      },
    )
  })
})
