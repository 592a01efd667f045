/** What the worker bundles: every workflow type, by its name. */
export { sweep } from './sweep.ts'
export { videoJob } from './video-job.ts'
