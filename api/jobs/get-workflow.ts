import { createRoute, z } from '@hono/zod-openapi'
import { JOB_STAGES, type SceneState } from '../../domain/job.ts'
import { roleSuffices } from '../../domain/role.ts'
import type { Database } from '../../prisma/client.ts'
import type { JobWithScenes } from '../../prisma/queries/jobs.ts'
import type { WorkflowView } from '../../temporal/inspect-workflow.ts'
import type { VideoJobState } from '../../workflows/contract.ts'
import type { ApiDeps } from '../deps.ts'
import { ApiError } from '../errors.ts'
import { jobIdParam } from '../fields.ts'
import { EXAMPLES, jobId, sceneId } from '../ids.ts'
import { json, plainRefusals, timestamp } from '../responses.ts'
import { endpoint } from '../router.ts'
import { requireJob } from './require-job.ts'

const RunJson = z.object({
  workflow_id: z.string().openapi({ example: 'video-job-k3v9x2-7' }),
  run_id: z.string().openapi({ example: '0197f3a2-6c0b-7c1e-9d55-3f2a1b0c9d8e' }),
  run_status: z.string().openapi({ description: "Temporal's word for it, such as RUNNING", example: 'RUNNING' }),
  started_at: timestamp,
  closed_at: timestamp.nullable().openapi({ example: null }),
  ui_url: z
    .string()
    .nullable()
    .openapi({ description: "The run in Temporal's UI; to operators, where one is known", example: null }),
  history_length: z.int().openapi({ description: 'Events', example: 23 }),
  pending_activities: z.array(
    z.object({
      id: z.string().openapi({ example: '4' }),
      type: z.string().openapi({ example: 'awaitPrediction' }),
      scene_id: sceneId.nullable().openapi({ description: 'Known once it has failed; null of what is of no scene' }),
      state: z.string().openapi({ example: 'SCHEDULED' }),
      attempt: z.int().openapi({ example: 3 }),
      last_failure: z.string().nullable().openapi({ example: 'The prediction still runs' }),
      last_started_at: timestamp.nullable(),
      next_attempt_at: timestamp.nullable(),
      expires_at: timestamp.nullable(),
    }),
  ),
})

const WorkflowJson = RunJson.extend({
  job_id: jobId,
  stage: z.enum(JOB_STAGES).openapi({ example: 'waiting_prediction' }),
  decision: z.string().nullable().openapi({ example: 'approved' }),
  scenes: z.array(z.object({ id: sceneId, state: z.string().openapi({ example: 'rendering' }) })),
  music_segments: z.int().openapi({ example: 0 }),
  error: z.string().nullable().openapi({ example: null }),
}).openapi('Workflow')

const route = createRoute({
  method: 'get',
  path: '/jobs/{id}/workflow',
  tags: ['Jobs'],
  summary: "What the job's workflow is doing now, as the workflow itself knows it",
  description: 'Of a run that has closed, the rows answer when no worker does.',
  request: { params: z.object({ id: jobIdParam }) },
  responses: {
    200: json(WorkflowJson, 'Its run, its state and what it waits for'),
    ...plainRefusals({
      404: ['Unknown job, or it has no workflow', { error: 'Job not found', job_id: EXAMPLES.job }],
      503: [
        'It runs, and no worker answers within 2 seconds',
        { error: 'No worker answered within 2 seconds: is one running?' },
      ],
    }),
  },
})

export function getWorkflow({ db, workflows, config }: ApiDeps) {
  return endpoint(route, async (c) => {
    const job = await requireJob(db, c.req.valid('param').id)
    const view = await workflows.inspect(job.id)
    if (!view) {
      const error = 'The job has no workflow: it was not started yet, or ended so long ago that Temporal forgot it'
      throw new ApiError(404, error, { extra: { job_id: job.id } })
    }
    const isOperator = roleSuffices(c.var.principal.role, 'operator')
    const ui_url = isOperator ? uiUrl(config, view) : null
    const run = { ...runJson(view, await scenesOf(db, view)), ui_url }
    const state = await stateOf(db, job, view)
    if (!state) {
      throw new ApiError(503, 'No worker answered within 2 seconds: is one running?', {
        extra: { job_id: job.id, ...run },
        retryAfterSeconds: 5,
      })
    }
    const { stage, musicSegments, error } = state
    // A run that makes a revision never hears of the decision, which was told to the first one.
    const decision = state.decision ?? job.decision
    const scenes = Object.entries(state.scenes).map(([id, sceneState]) => ({ id, state: sceneState }))
    return c.json({ job_id: job.id, ...run, stage, decision, scenes, music_segments: musicSegments, error }, 200)
  })
}

/** Null when nobody knows. A run that was begun for a revision knows nothing until it has read its plan: the rows do. */
async function stateOf(db: Database, job: JobWithScenes, { state, closedAt }: WorkflowView) {
  const hasNoPlan = state?.stage === 'pending' && job.stage !== 'pending'
  if (hasNoPlan) return fromRows(db, job)
  return state ?? (closedAt && (await fromRows(db, job)))
}

/**
 * The state of a job as its rows have it, and of a closed run: to be asked itself it is replayed from its first event,
 * over which a busy worker takes too long; and it changes nothing any more.
 */
async function fromRows(db: Database, job: JobWithScenes): Promise<VideoJobState> {
  const { id, stage, decision, error, scenes, soundtrack } = job
  return {
    stage: stage as VideoJobState['stage'],
    decision: decision as VideoJobState['decision'],
    scenes: Object.fromEntries(scenes.map((scene) => [scene.id, scene.state as SceneState])),
    musicSegments: await db.audioSegment.count({ where: { jobId: id, soundtrack } }),
    error,
  }
}

/** Of activities that name a prediction, the scene that it is for. */
async function scenesOf(db: Database, { activities }: WorkflowView): Promise<Map<string, string | null>> {
  const named = activities.flatMap(({ subject }) => subject ?? [])
  const [scenes, predictions] = await Promise.all([
    db.scene.findMany({ where: { id: { in: named } }, select: { id: true } }),
    db.prediction.findMany({ where: { id: { in: named } }, select: { id: true, sceneId: true } }),
  ])
  return new Map([
    ...scenes.map(({ id }) => [id, id] as const),
    ...predictions.map(({ id, sceneId }) => [id, sceneId] as const),
  ])
}

function uiUrl({ temporalUiUrl }: ApiDeps['config'], { namespace, workflowId, runId }: WorkflowView): string | null {
  if (!temporalUiUrl) return null
  const [of, workflow, run] = [namespace, workflowId, runId].map(encodeURIComponent)
  return `${temporalUiUrl}/namespaces/${of}/workflows/${workflow}/${run}/history`
}

function runJson(view: WorkflowView, sceneOf: Map<string, string | null>): Omit<z.infer<typeof RunJson>, 'ui_url'> {
  return {
    workflow_id: view.workflowId,
    run_id: view.runId,
    run_status: view.status,
    started_at: view.startedAt.toISOString(),
    closed_at: view.closedAt?.toISOString() ?? null,
    history_length: view.historyLength,
    pending_activities: view.activities.map((activity) => ({
      id: activity.id,
      type: activity.type,
      scene_id: sceneOf.get(activity.subject ?? '') ?? null,
      state: activity.state,
      attempt: activity.attempt,
      last_failure: activity.lastFailure,
      last_started_at: activity.lastStartedAt?.toISOString() ?? null,
      next_attempt_at: activity.nextAttemptAt?.toISOString() ?? null,
      expires_at: activity.expiresAt?.toISOString() ?? null,
    })),
  }
}
