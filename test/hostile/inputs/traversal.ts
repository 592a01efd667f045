/** Paths that climb out of where they belong. */
import { type HostileInput, plain } from '../hostile-input.ts'

const HASH_OF_A_LINK = 'ab'.repeat(32)
/** As they stand in a URL. */
const NAMES: [encoded: string, name: string][] = [
  ['..%2F..%2F..%2Fetc%2Fpasswd', '..%2F'],
  ['%2e%2e%2f%2e%2e%2fetc%2fpasswd', 'dots encoded, too'],
  ['..%252F..%252Fetc%252Fpasswd', 'encoded twice'],
  ['..%5C..%5Cwindows%5Cwin.ini', 'backslashes'],
  ['%2Fetc%2Fpasswd', 'an absolute path'],
  ['..%c0%af..%c0%afetc%c0%afpasswd', 'overlong UTF-8'],
  ['%zz', 'a broken escape'],
  ['%00', 'NUL'],
  ['..%2F..%2Fetc%2Fpasswd%00.jpg', 'NUL before an extension'],
  ['link', 'a symbolic link in the data folder'],
  ['link%2Fpasswd', 'a file behind a symbolic link'],
  [HASH_OF_A_LINK, 'a symbolic link in the blob store, by its hash'],
]
const ROUTES: [to: string, says: string][] = [
  ['GET /api/v3/assets/*', 'Asset not found'],
  ['GET /api/v3/assets/*/data', 'Asset not found'],
  ['GET /api/v3/assets/*/thumbnail', 'Asset not found'],
  ['DELETE /api/v3/assets/*', 'Asset not found'],
  ['GET /api/v3/videos/*/combined', 'Job not found'],
  ['GET /api/v3/videos/{job}/clips/*', 'Clip not found'],
  ['GET /api/v3/videos/{job}/clips/*/thumbnail', 'Clip not found'],
  ['GET /api/v3/audio/*/download', 'Job not found'],
  ['GET /api/v3/audio/segments/*', 'Segment not found or expired'],
  ['GET /api/v3/jobs/{job}/scenes/*', 'Scene not found'],
]
const NOTHING = { status: 404, says: 'There is nothing at' }

export const traversal: HostileInput[] = [
  ...ROUTES.flatMap(([to, says]) =>
    NAMES.map(([encoded, name]) => plain('traversal', to.replace('*', encoded), name, { status: 404, says })),
  ),
  plain('traversal', 'GET /../../../etc/passwd', 'dots in the path itself', NOTHING),
  plain('traversal', 'GET /api/v3/assets/../../../etc/passwd', 'dots behind a route', NOTHING),
  plain('traversal', 'GET /api/docs/..%2F..%2Fpackage.json', 'beside the documentation', NOTHING),
  plain('traversal', 'GET //etc/passwd', 'two slashes', NOTHING),
  plain('traversal', 'GET /.env', 'the environment file', NOTHING),
  plain('traversal', 'GET /.data/greenlight.db', 'the database file', NOTHING),
]
