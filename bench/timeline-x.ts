import { setTimeout as sleep } from 'node:timers/promises'
import { startRig } from './jobs/rig.ts'
const rig = await startRig(4)
const worker = await rig.start('bench/jobs/worker.ts', { INSTANT_MEDIA: '1' })
const N = Number(process.argv[2] ?? 20)
for (let i = 0; i < N; i++) {
  const [jobId = NaN] = await rig.waitingJobs(1)
  await sleep(1500)
  const began = Date.now()
  const p = rig.api.post(`/jobs/${jobId}/approve`).then(() => Date.now() - began)
  const answered = await p
  const h = rig.client.workflow.getHandle(await rig.workflowId(jobId))
  await h.result()
  const completed = Date.now() - began
  if (i < N - 4) { console.log(jobId, answered, completed); continue }
  const pr = await rig.predictions(jobId)
  console.log('job', jobId, 'answered', answered, 'completed', completed, 'predictions', pr.map(({ taken, made }) => `${taken - began}..${made - began}`).join(' '))
  const { events } = await h.fetchHistory()
  const types = await import('@temporalio/proto')
  const T = types.temporal.api.enums.v1.EventType as any
  for (const e of events ?? []) {
    const t = Number(e.eventTime!.seconds) * 1000 + (e.eventTime!.nanos ?? 0) / 1e6 - began
    if (t < -50) continue
    const name = T[e.eventType as number] as string
    const a = e.activityTaskScheduledEventAttributes?.activityType?.name ?? e.markerRecordedEventAttributes?.markerName ?? (e.activityTaskStartedEventAttributes ? `of ${e.activityTaskStartedEventAttributes.scheduledEventId} try ${e.activityTaskStartedEventAttributes.attempt}` : '') 
    const c = e.activityTaskCompletedEventAttributes ? `of ${e.activityTaskCompletedEventAttributes.scheduledEventId}` : ''
    console.log(t.toFixed(1).padStart(8), String(e.eventId).padStart(4), name.replace('EVENT_TYPE_', ''), a, c)
  }
}
await worker.end()
await rig.stop()
process.exit(0)
