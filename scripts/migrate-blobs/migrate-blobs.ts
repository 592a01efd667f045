/** Copies all blobs, and tells how far it is. */
import { type CopyReport, copyBlobs } from './copy-blobs.ts'
import { openEnds } from './open-ends.ts'

const TELL_EVERY_MS = 5_000

/** @throws Error with one sentence when an argument is wrong, a store can't be used, or a blob could not be copied */
export async function migrateBlobs(args: string[], say: (line: string) => void): Promise<void> {
  const { from, to, verify, close } = await openEnds(args)
  const report: CopyReport = { copied: 0, copiedBytes: 0, there: 0, failures: [] }
  const tell = () => say(`${report.copied} copied (${megabytes(report.copiedBytes)}), ${report.there} were there`)
  const timer = setInterval(tell, TELL_EVERY_MS)
  try {
    await copyBlobs(from, to, { verify, report })
  } finally {
    clearInterval(timer)
    tell()
    await close()
  }
  for (const failure of report.failures) say(`  ${failure}`)
  if (report.failures.length > 0) {
    throw new Error(`Blobs that are not at the new place: ${report.failures.length}. All others are; run it again.`)
  }
  say('Every blob is at both places, and the first one is as it was.')
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`
