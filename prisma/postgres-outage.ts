/** Tells that PostgreSQL is away, or has no connection to spare, in the words that Prisma has for it. */
import { DriverAdapterError, isDriverAdapterError } from '@prisma/driver-adapter-utils'

/** Shutting down, crashed, starting up, gone while idle in a transaction, and everything about the connection (class 08). */
const CLOSED = /^(57P0[1-5]|25P03|08\w{3})$/
const QUERY_CANCELED = '57014'
/** The user's password is another one by now, or it may not sign in any more: until an operator has this process started with what holds. */
const SIGN_IN_REFUSED = /^28(000|P01)$/
/** Of Node's network. */
const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
  'EACCES',
])
const BROKEN = new Set(['ECONNRESET', 'EPIPE'])
/** What pg throws without a code. */
const WAITED_TOO_LONG = /timeout/i
const LOST = /Connection terminated|connection error and is not queryable|closed the connection|Connection ended/i

/** @throws always: the same error, or what Prisma calls it where it is an outage */
export function asOutage(error: unknown): never {
  const { code, message = '' } = error as { code?: string; message?: string }
  if (isDriverAdapterError(error)) {
    const { originalCode = '' } = error.cause
    if (CLOSED.test(originalCode)) throw outage({ kind: 'ConnectionClosed' }, error)
    if (SIGN_IN_REFUSED.test(originalCode)) throw outage({ kind: 'DatabaseNotReachable' }, error)
    if (originalCode === QUERY_CANCELED) throw outage({ kind: 'SocketTimeout' }, error)
    throw error
  }
  if (code !== undefined && UNREACHABLE.has(code)) throw outage({ kind: 'DatabaseNotReachable' }, error)
  if (code !== undefined && BROKEN.has(code)) throw outage({ kind: 'ConnectionClosed' }, error)
  if (code === 'ETIMEDOUT' || WAITED_TOO_LONG.test(message)) throw outage({ kind: 'SocketTimeout' }, error)
  if (LOST.test(message)) throw outage({ kind: 'ConnectionClosed' }, error)
  throw error
}

type Outage = { kind: 'ConnectionClosed' | 'SocketTimeout' | 'DatabaseNotReachable' }

function outage(payload: Outage, error: unknown): DriverAdapterError {
  const originalMessage = isDriverAdapterError(error) ? error.cause.originalMessage : (error as Error).message
  return new DriverAdapterError({ ...payload, originalMessage })
}
