/** The log: JSON lines on standard error, so that standard output stays for people. */
import { type Logger, pino } from 'pino'

/** @param level pino's, from LOG_LEVEL; "info" unless set */
export function createLog(level: string | undefined): Logger {
  return pino({ level: level || 'info', base: { pid: process.pid } }, pino.destination(2))
}
