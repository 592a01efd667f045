/** What the worker bundles: every workflow type, by its name. */
export { backfill } from './backfill.ts'
export { deliverWebhook } from './deliver-webhook.ts'
export { sweep, tidy } from './sweep.ts'
export { videoJob } from './video-job.ts'
