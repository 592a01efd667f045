/** Makes docs/images/trace.webp: the trace of one job, drawn from the spans that it exported. `npm run trace-picture`. */
import path from 'node:path'
import sharp from 'sharp'
import { run } from '../../runtime/main.ts'
import { freePort } from '../../temporal/ports.ts'
import { spawnProcess } from '../support/process.ts'
import { startSpanReceiver } from '../support/span-receiver.ts'
import { createApi, environment, startBase } from '../support/stack.ts'
import { drawTrace } from './draw-trace.ts'

const PICTURE = path.join(import.meta.dirname, '..', '..', 'docs', 'images', 'trace.webp')

run(async () => {
  await using started = new AsyncDisposableStack()
  const receiver = await startSpanReceiver()
  started.defer(() => receiver.close())
  const base = await startBase({ renderMs: 1_500 })
  started.defer(() => base.stop())
  const port = await freePort(0)
  const greenlight = spawnProcess(
    'scripts/start.ts',
    {
      ...environment(base, port),
      PREDICTION_POLL_INTERVAL: '1',
      TEMPORAL_ADDRESS: base.target.address,
      TEMPORAL_NAMESPACE: base.target.namespace,
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    },
    { withinMs: 180_000 },
  )
  started.defer(() => greenlight.kill())
  await greenlight.ready
  const api = createApi(`http://127.0.0.1:${port}`)
  const wish = { campaign_id: await api.campaign(), clip_duration: 4, num_pairs: 3 }
  const { body } = await api.post('/jobs/from-image-pairs', wish)
  await api.post(`/jobs/${body.job_id}/approve`)
  await api.ended(body.job_id, 180_000)
  await greenlight.end()
  const approval = receiver.spans.find(({ name }) => name.endsWith('/approve'))
  const spans = receiver.spans.filter(({ traceId }) => traceId === approval?.traceId)
  const svg = drawTrace(spans, `One job of three scenes, from its approval to the film: ${spans.length} spans`)
  await sharp(Buffer.from(svg)).webp({ quality: 90 }).toFile(PICTURE)
  console.log(`${PICTURE}: ${spans.length} spans`)
})
