/** A prediction as Replicate's API shows it. */

import { findModel } from './models.ts'
import type { Prediction } from './predictions.ts'

export interface PredictionJson {
  id: string
  status: Prediction['status']
  output: string | null
  [field: string]: unknown
}

/**
 * The JSON of a prediction. Some time after its end input and output are gone.
 * @param ownUrl the simulator's address, without a path
 * @param ttlMs how long after its end they stay, in milliseconds
 */
export function present(prediction: Prediction, ownUrl: string, ttlMs: number): PredictionJson {
  const removed = isExpired(prediction, ttlMs)
  const api = `${ownUrl}/v1/predictions/${prediction.id}`
  return {
    id: prediction.id,
    model: prediction.model,
    version: prediction.version,
    input: removed ? {} : prediction.input,
    logs: removed ? '' : prediction.logs,
    output: removed || !prediction.output ? null : `${ownUrl}/files/out/${prediction.output}`,
    data_removed: removed,
    error: prediction.error,
    source: 'api',
    status: prediction.status,
    created_at: prediction.created_at,
    ...(prediction.started_at && { started_at: prediction.started_at }),
    ...(prediction.completed_at && { completed_at: prediction.completed_at, metrics: metricsOf(prediction) }),
    ...(prediction.deadline && { deadline: prediction.deadline }),
    urls: { web: `${ownUrl}/p/${prediction.id}`, get: api, cancel: `${api}/cancel` },
  }
}

/** A prediction in a list: without its logs. */
export function presentInList(prediction: Prediction, ownUrl: string, ttlMs: number) {
  const { logs, ...rest } = present(prediction, ownUrl, ttlMs)
  return rest
}

export function isExpired(prediction: Prediction, ttlMs: number): boolean {
  return prediction.completed_at !== null && Date.now() >= Date.parse(prediction.completed_at) + ttlMs
}

function metricsOf(prediction: Prediction) {
  const end = Date.parse(prediction.completed_at ?? prediction.created_at)
  const total = (end - Date.parse(prediction.created_at)) / 1000
  if (!prediction.started_at) return { total_time: total }
  const made = prediction.status === 'succeeded' ? prediction.seconds : null
  return {
    predict_time: (end - Date.parse(prediction.started_at)) / 1000,
    total_time: total,
    ...(made !== null &&
      (findModel(prediction.model)?.kind !== 'video'
        ? { audio_output_duration_seconds: made }
        : { video_output_duration_seconds: made })),
  }
}
