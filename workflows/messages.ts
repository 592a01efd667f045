/** A signal comes from anywhere, the command line too: nothing, a name, an object, or something else altogether. */
import type { RenderPlan, Revision, SignaledDecision } from './contract.ts'

export function readApproval(message: unknown): SignaledDecision {
  const { by, note, plan } = typeof message === 'string' ? { by: message } : fieldsOf(message)
  const decision = { decision: 'approved', by: textOrNull(by), note: textOrNull(note) } as const
  return isPlan(plan) ? { ...decision, plan } : decision
}

export function readRejection(message: unknown): SignaledDecision {
  const { by, reason } = typeof message === 'string' ? { by: null, reason: message } : fieldsOf(message)
  return { decision: 'rejected', by: textOrNull(by), note: textOrNull(reason) }
}

export function readRevision(message: unknown): Revision {
  const { number, scenes, music } = fieldsOf(message)
  return {
    ...(typeof number === 'number' && { number }),
    ...(Array.isArray(scenes) && { scenes: scenes.filter((id): id is string => typeof id === 'string') }),
    ...(music === true && { music }),
  }
}

/** What the clock says when nobody does. @param seconds how long that took */
export function nobodyDecided(seconds: number): SignaledDecision {
  const hours = Math.round(seconds / 360) / 10
  const waited = hours >= 1 ? `${hours} h` : `${seconds} s`
  return {
    decision: 'rejected',
    by: 'the approval timeout',
    note: `nobody decided within ${waited} (APPROVAL_TIMEOUT)`,
  }
}

/** Nobody writes one by hand; one that is no plan is left alone. */
function isPlan(value: unknown): value is RenderPlan {
  const { scenes, maxParallelScenes, music } = fieldsOf(value)
  return Array.isArray(scenes) && typeof maxParallelScenes === 'number' && music !== undefined
}

function fieldsOf(message: unknown): Record<string, unknown> {
  return typeof message === 'object' && message !== null ? (message as Record<string, unknown>) : {}
}

function textOrNull(value: unknown): string | null {
  return value === undefined || value === null ? null : typeof value === 'string' ? value : JSON.stringify(value)
}
