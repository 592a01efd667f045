/**
 * PostgreSQL runs serializable transactions side by side, and refuses one of two that would not have come out so one after
 * the other. That one is run again, from its beginning, so what it reads is read anew. Work in a transaction therefore
 * changes nothing but rows.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { isDriverAdapterError } from '@prisma/driver-adapter-utils'
import { Mutex } from 'async-mutex'

/** Then the database is busier than anybody should wait for. */
const GIVE_UP_AFTER_MS = 30_000

/** Many that change the same row would refuse each other time and again: what was refused once waits its turn. */
const turns = new Mutex()

/** @param transaction a whole one, which is undone when it throws */
export async function untilSerial<T>(transaction: () => Promise<T>): Promise<T> {
  try {
    return await transaction()
  } catch (error) {
    if (!isConflict(error) && !isTaken(error)) throw error
  }
  return turns.runExclusive(async () => {
    const deadline = Date.now() + GIVE_UP_AFTER_MS
    for (;;) {
      try {
        return await transaction()
      } catch (error) {
        // What is taken now was taken before it began.
        if (!isConflict(error) || Date.now() > deadline) throw error
        await sleep(1 + Math.random() * 20)
      }
    }
  })
}

function isConflict(error: unknown): boolean {
  return (error as { code?: unknown }).code === 'P2034' || kindOf(error) === 'TransactionWriteConflict'
}

/** Two that take the same number for something new read the same rows, but may be told only that the second came too late. */
function isTaken(error: unknown): boolean {
  return (error as { code?: unknown }).code === 'P2002' || kindOf(error) === 'UniqueConstraintViolation'
}

/** What the adapter said, by itself or inside what Prisma makes of it. */
function kindOf(error: unknown): string | undefined {
  if (isDriverAdapterError(error)) return error.cause.kind
  const { driverAdapterError } = (error as { meta?: { driverAdapterError?: unknown } }).meta ?? {}
  return driverAdapterError && isDriverAdapterError(driverAdapterError) ? driverAdapterError.cause.kind : undefined
}
