/** What the worker of bench/jobs/latency.ts bundles: ours and the baseline. */
export * from '../../workflows/index.ts'
export { bareJob } from './bare-workflow.ts'
