/** Tells an outage, which passes by itself, from a fault of ours. */
import { isDriverAdapterError } from '@prisma/driver-adapter-utils'
import { BlobStoreDown } from '../storage/blob-store.ts'

/** Prisma's codes for a database that can't be reached, is locked or busy for too long, or has no connection to spare. */
const DATABASE_CODES = new Set(['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2028', 'P2034', 'P2037'])
/** The same as statements past Prisma meet them (prisma/statements.ts). */
const DRIVER_KINDS = new Set([
  ...['DatabaseNotReachable', 'SocketTimeout', 'ConnectionClosed', 'TransactionWriteConflict', 'TooManyConnections'],
])
/** gRPC's DEADLINE_EXCEEDED and UNAVAILABLE, as Temporal's client hands them on, with `details` beside the code. */
const GRPC_CODES = new Set([4, 14])

/** The name of the service whose outage caused `error`; null when it was something else. */
export function whatIsDown(error: unknown): string | null {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { code, details } = cause as { code?: unknown; details?: unknown }
    if (cause.name === 'PrismaClientInitializationError' || DATABASE_CODES.has(code as string)) return 'The database'
    if (cause instanceof BlobStoreDown) return 'The blob store'
    if (isDriverAdapterError(cause)) return DRIVER_KINDS.has(cause.cause.kind) ? 'The database' : null
    if (typeof details === 'string' && GRPC_CODES.has(code as number)) return 'Temporal'
  }
  return null
}

/** As Node says it, SQLite, and ffmpeg in its last words. */
const FULL = /ENOSPC|EDQUOT|no space left|disk is full|quota exceeded/i

/** Whether something could not be written because a disk of this server is full. */
export function isDiskFull(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { code, detail } = cause as { code?: unknown; detail?: unknown }
    if (FULL.test(`${code} ${detail} ${cause.message}`)) return true
  }
  return false
}
