/** What one job tells of itself, to whoever runs Greenlight: its trace, its log lines, and the figures of the process. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { startSimulator } from '../../simulator/index.ts'
import { freePort } from '../../temporal/ports.ts'
import { spawnProcess } from '../support/process.ts'
import { type ReceivedSpan, startSpanReceiver } from '../support/span-receiver.ts'
import { createApi } from '../support/stack.ts'

const SECRET = 'r8_ThisKeyIsNobodysBusiness'
let jobId: number
let requestId: string | null
let figures: string
let exitCode: number | null
let spans: ReceivedSpan[]
let lines: Record<string, unknown>[]
let said: string

beforeAll(async () => {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'greenlight-observed-'))
  const receiver = await startSpanReceiver()
  const simulator = await startSimulator({
    fast: true,
    faults: [
      { match: { nth: 1 }, times: 1, fault: { kind: 'status', status: 429, retry_after: 1 } },
      { match: { nth: 2 }, times: 1, fault: { kind: 'fail', error: 'moderation' } },
    ],
  })
  const [port, metricsPort] = [await freePort(0), await freePort(0)]
  const env = {
    DATA_DIR: dataDir,
    PORT: `${port}`,
    PUBLIC_BASE_URL: `http://127.0.0.1:${port}`,
    REPLICATE_API_KEY: SECRET,
    REPLICATE_BASE_URL: `${simulator.url}/v1`,
    PREDICTION_POLL_INTERVAL: '0.2',
    LOG_LEVEL: 'info',
    WORKER_METRICS_PORT: `${metricsPort}`,
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
  }
  // Workflow code that is traced is bundled now, unless it was before.
  const greenlight = spawnProcess('scripts/start.ts', env, { withinMs: 80_000 })
  await greenlight.ready
  const api = createApi(`http://127.0.0.1:${port}`)
  const campaign = await api.campaign(['chelsea.png', 'coffee.png'])
  const job = await api.post('/jobs/from-image-pairs', { campaign_id: campaign, clip_duration: 4, num_pairs: 2 })
  jobId = job.body.job_id
  requestId = (await api.post(`/jobs/${jobId}/approve`)).headers.get('x-request-id')
  expect((await api.ended(jobId)).body.status).toBe('completed')
  figures = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text()
  // What was not sent yet is sent now, or never.
  exitCode = await greenlight.end()
  said = greenlight.output()
  lines = said.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []))
  spans = receiver.spans
  receiver.close()
  await simulator.stop()
  await rm(dataDir, { recursive: true, force: true })
}, 180_000)

describe('a trace', () => {
  const named = (name: string) => spans.filter((span) => span.name === name)
  const pathOf = (span: ReceivedSpan): string[] => {
    const parent = spans.find(({ spanId }) => spanId === span.parentSpanId)
    return parent ? [...pathOf(parent), span.name] : [span.name]
  }

  it('leads from the approval to each purchase', () => {
    const bought = named('provider create')
    // One was refused by 429, and one failed and was bought again.
    expect(bought).toHaveLength(4)
    for (const span of bought) {
      expect(pathOf(span)).toEqual([
        'POST /api/v3/jobs/:id/approve',
        'SignalWithStartWorkflow:videoJob',
        'HandleSignal:approve',
        'StartActivity:submitPrediction',
        'RunActivity:submitPrediction',
        'provider create',
      ])
    }
  })

  it('leads from the approval to each ffmpeg of the job', () => {
    const runs = named('ffmpeg').filter((span) => pathOf(span)[0] === 'POST /api/v3/jobs/:id/approve')
    const paths = new Set(runs.map((span) => pathOf(span).slice(4).join(' ')))
    expect(paths).toContain('RunActivity:storeClip media conformClip ffmpeg')
    expect(paths).toContain('RunActivity:stitchFilm media stitch ffmpeg')
  })

  it('is one for all that the approval set going, without a gap', () => {
    const [approval] = named('POST /api/v3/jobs/:id/approve')
    const tree = spans.filter(({ traceId }) => traceId === approval?.traceId)
    const known = new Set(tree.map(({ spanId }) => spanId))
    expect(tree.filter(({ parentSpanId }) => !parentSpanId)).toEqual([approval])
    expect(tree.filter(({ parentSpanId }) => parentSpanId && !known.has(parentSpanId))).toEqual([])
    for (const name of ['RunActivity:submitPrediction', 'RunActivity:awaitPrediction', 'RunActivity:stitchFilm']) {
      expect(tree.map((span) => span.name)).toContain(name)
    }
  })

  it('is linked with that of the creation, in which the storyboard was written', () => {
    const [signal] = named('HandleSignal:approve')
    const [creation] = named('RunActivity:writeStoryboard')
    expect(signal?.links?.map(({ traceId }) => traceId)).toEqual([creation?.traceId])
    expect(creation && pathOf(creation)[0]).toBe('POST /api/v3/jobs/from-image-pairs')
  })

  it('names no token that opens something', () => {
    const urls = spans.flatMap(({ attributes }) => attributes.filter(({ key }) => key.startsWith('url.')))
    expect(urls.length).toBeGreaterThan(5)
    expect(JSON.stringify(urls)).not.toContain('?')
    expect(JSON.stringify(spans)).not.toContain(SECRET)
  })
})

describe('the log', () => {
  it('names request, job and trace in the line of a request', () => {
    const line = lines.find((entry) => entry.path === `/api/v3/jobs/${jobId}/approve`)
    expect(line).toMatchObject({ requestId, jobId, status: 200, trace_id: expect.stringMatching(/^[0-9a-f]{32}$/) })
  })

  it('names request, job, scene, run and activity in what an activity says', () => {
    const line = lines.find(({ msg }) => msg === 'a prediction failed and is bought again')
    expect(line).toMatchObject({
      ...{ requestId, jobId, activityType: 'decideAttempt', activityAttempt: 1 },
      ...{ sceneId: expect.any(String), runId: expect.any(String) },
      workflowId: expect.stringMatching(new RegExp(`^video-job-.*-${jobId}$`)),
    })
  })

  it('names them in what Temporal’s SDK says', () => {
    const line = lines.find(({ msg, activityType }) => msg === 'Activity failed' && activityType === 'submitPrediction')
    expect(line).toMatchObject({ from: 'temporal', requestId, jobId, activityAttempt: 1, runId: expect.any(String) })
  })

  it('has no key in it', () => {
    expect(lines.length).toBeGreaterThan(5)
    expect(said).not.toContain(SECRET)
  })
})

describe('the figures of a worker', () => {
  it('are its own and those of Temporal’s SDK, at one address', () => {
    const counted = (series: RegExp) => figures.split('\n').filter((line) => series.test(line))
    const created = 'operation="create",model="google/veo-3.1",outcome="created"'
    for (const line of [
      `greenlight_provider_request_duration_seconds_count{${created}} 3`,
      'greenlight_provider_rate_limited_total{operation="create"} 1',
      'greenlight_purchases_total{model="veo3"} 3',
      'greenlight_media_duration_seconds_count{verb="stitch",outcome="ok"} 1',
      'greenlight_ffmpeg_running 0',
    ]) {
      expect(figures.split('\n')).toContain(line)
    }
    expect(counted(/^process_resident_memory_bytes \d+$/)).toHaveLength(1)
    expect(
      counted(/^temporal_workflow_task_execution_latency_seconds_count\{.*workflow_type="videoJob".*\} \d+$/),
    ).toHaveLength(1)
  })

  it('end with the process, which ends well', () => expect(exitCode).toBe(0))
})
