/** Memory, CPU and event loop: the process's, however many servers are made in it. */
import { collectDefaultMetrics, Registry } from 'prom-client'

const ofProcess = new Registry()

/** They are collected from the first call on. */
export function processFigures(): Registry {
  if (ofProcess.getMetricsAsArray().length === 0) collectDefaultMetrics({ register: ofProcess })
  return ofProcess
}
