/** GET /jobs/:id/workflow, field by field; against a real Temporal it is tried in test/e2e/own-music.test.ts. */
import { afterAll, expect, it } from 'vitest'
import type { WorkflowView } from '../../temporal/inspect-workflow.ts'
import { startJobApi } from '../api/sample-jobs.ts'

const at = new Date('2026-11-25T10:00:00Z')
const STATE: WorkflowView['state'] = {
  stage: 'waiting_prediction',
  decision: 'approved',
  scenes: { s1: 'rendering' },
  musicSegments: 0,
  error: null,
}
const RUN: Omit<WorkflowView, 'state'> = {
  ...{ workflowId: 'video-job-x-1', runId: 'r1', status: 'RUNNING', startedAt: at, closedAt: null, historyLength: 23 },
  namespace: 'greenlight',
  activities: [
    {
      ...{ id: '7', type: 'awaitPrediction', state: 'scheduled', attempt: 3, lastFailure: 'It still runs.' },
      ...{ subject: null, lastStartedAt: at, nextAttemptAt: at, expiresAt: null },
    },
  ],
}

let view: WorkflowView | null = null
const api = await startJobApi({ TEMPORAL_UI_URL: 'https://temporal.example/' }, { inspect: async () => view })
afterAll(() => api.close())
const { id } = await api.job()
const ask = async () => {
  const { status, json } = await api.v3('GET', `/jobs/${id}/workflow`)
  return { status, json }
}
const run = {
  ...{ job_id: id, workflow_id: 'video-job-x-1', run_id: 'r1', run_status: 'RUNNING', history_length: 23 },
  ...{ started_at: at.toISOString(), closed_at: null },
  ui_url: 'https://temporal.example/namespaces/greenlight/workflows/video-job-x-1/r1/history',
  pending_activities: [
    {
      ...{ id: '7', type: 'awaitPrediction', state: 'scheduled', attempt: 3, last_failure: 'It still runs.' },
      ...{ scene_id: null, last_started_at: at.toISOString(), next_attempt_at: at.toISOString(), expires_at: null },
    },
  ],
}

it('tells of the run, of what it waits for, and of its state', async () => {
  view = { ...RUN, state: STATE }
  const scenes = [{ id: 's1', state: 'rendering' }]
  const state = { stage: 'waiting_prediction', decision: 'approved', scenes, music_segments: 0, error: null }
  expect(await ask()).toEqual({ status: 200, json: { ...run, ...state } })
})

it('names the scene of each try, be it by the scene or by what was bought for it', async () => {
  const film = await api.film()
  const [first, second] = film.scenes
  const { id: predictionId } = await api.db.prediction.findFirstOrThrow({ where: { sceneId: first?.id } })
  const [activity] = RUN.activities
  const subjects = [predictionId, second?.id ?? '', 'of something else']
  view = {
    ...RUN,
    activities: subjects.flatMap((subject) => (activity ? [{ ...activity, subject }] : [])),
    state: STATE,
  }
  const { json } = await api.v3('GET', `/jobs/${film.id}/workflow`)
  const named = json.pending_activities.map(({ scene_id }: { scene_id: string | null }) => scene_id)
  expect(named).toEqual([first?.id, second?.id, null])
})

it('is 503 with what Temporal itself knows, while no worker answers', async () => {
  view = { ...RUN, state: null }
  expect(await ask()).toEqual({
    status: 503,
    json: { ...run, error: 'No worker answered within 2 seconds: is one running?' },
  })
})

it('tells of a closed run from the rows when no worker answers: it does nothing more', async () => {
  view = { ...RUN, status: 'FAILED', closedAt: at, activities: [], state: null }
  const { storyboard } = (await api.v3('GET', `/jobs/${id}`)).json
  const scenes = storyboard.scenes.map((scene: { id: string }) => ({ id: scene.id, state: 'pending' }))
  expect(scenes.length).toBeGreaterThan(0)
  const closed = { ...run, run_status: 'FAILED', closed_at: at.toISOString(), pending_activities: [] }
  const left = { stage: 'pending', decision: null, scenes, music_segments: 0, error: null }
  expect(await ask()).toEqual({ status: 200, json: { ...closed, ...left } })
})

it("tells of a revision's run from the rows until it has its plan, and of the decision always", async () => {
  const film = await api.film()
  const askOf = async () => (await api.v3('GET', `/jobs/${film.id}/workflow`)).json
  view = { ...RUN, state: { ...STATE, stage: 'pending', decision: null, scenes: {} } }
  const scenes = film.scenes.map((scene) => ({ id: scene.id, state: 'completed' }))
  expect(await askOf()).toMatchObject({ stage: 'audio_completed', decision: 'approved', scenes, music_segments: 1 })
  view = { ...RUN, state: { ...STATE, decision: null } }
  expect(await askOf()).toMatchObject({
    ...{ stage: 'waiting_prediction', decision: 'approved', scenes: [{ id: 's1', state: 'rendering' }] },
  })
})

it('is 404 when Temporal knows of none', async () => {
  view = null
  expect(await ask()).toMatchObject({ status: 404, json: { error: expect.stringMatching(/no workflow/), job_id: id } })
})
