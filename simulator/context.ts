/** What the routes share. */

import type { HttpBindings } from '@hono/node-server'
import type { ChatLog } from './chat-log.ts'
import type { CreateLog } from './create-log.ts'
import type { FaultBook, Subject } from './faults.ts'
import type { PredictionStore } from './predictions.ts'
import type { Workshop } from './produce.ts'
import type { Runner } from './runner.ts'
import type { Webhooks } from './webhooks.ts'

export interface Simulation extends Workshop {
  store: PredictionStore
  faults: FaultBook
  creates: CreateLog
  chats: ChatLog
  runner: Runner
  webhooks: Webhooks
  /** Aborted when the simulator stops. */
  stopped: AbortSignal
}

export interface Env {
  Bindings: HttpBindings
  Variables: { subject: Subject }
}
