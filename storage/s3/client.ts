/** The connection to S3: how long it waits, how often it tries, and what its failures mean. */
import { S3Client, S3ServiceException } from '@aws-sdk/client-s3'
import { BlobDamaged, BlobNotFound, BlobStoreDown } from '../blob-store.ts'
import { nameOf, type S3Location } from './location.ts'

/** Of one try; the SDK tries three times, with growing pauses. */
const CONNECT_WITHIN_MS = 2_000
/** How long nothing may come or go while something is asked or sent. */
const SILENT_AT_MOST_MS = 30_000
/** How long a download may take to begin; from then on whoever reads it has an eye on it. */
const BEGIN_WITHIN_MS = 15_000
/** Each download holds one for as long as it lasts; the SDK's own bound is 50. */
const DOWNLOADS_AT_ONCE = 512

export interface S3 extends S3Location {
  client: S3Client
  /** For downloads: their readers may take their time, and they keep nothing else waiting. */
  downloads: S3Client
  /** As people know it: s3://bucket/prefix */
  name: string
}

/** Credentials come from where the SDK looks for them: the environment, a profile, a role of the machine. */
export function connectS3(location: S3Location): S3 {
  const common = {
    region: location.region,
    endpoint: location.endpoint,
    forcePathStyle: location.pathStyle,
    maxAttempts: 3,
  }
  const connectionTimeout = CONNECT_WITHIN_MS
  const sockets = { maxSockets: DOWNLOADS_AT_ONCE }
  const patience = { requestTimeout: BEGIN_WITHIN_MS, throwOnRequestTimeout: true, socketTimeout: 0 }
  return {
    ...location,
    client: new S3Client({ ...common, requestHandler: { connectionTimeout, socketTimeout: SILENT_AT_MOST_MS } }),
    downloads: new S3Client({
      ...common,
      requestHandler: { connectionTimeout, ...patience, httpAgent: sockets, httpsAgent: sockets },
    }),
    name: nameOf(location),
  }
}

/** Of our own disk, which files come from and go to. */
const DISK = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EIO', 'EMFILE', 'ENFILE', 'ENOENT', 'EEXIST'])
const MISSING = new Set(['NoSuchKey', 'NotFound'])

export const isMissing = (error: unknown) => error instanceof S3ServiceException && MISSING.has(error.name)

/**
 * What S3 or the way to it refused, in our words. Whatever it is, the same request may work later, after a repair at the
 * latest; its cause is never shown, because S3 repeats parts of what was signed.
 */
export function failureOf({ name }: Pick<S3, 'name'>, hash: string | null, error: unknown): Error {
  if (hash !== null && isMissing(error)) return new BlobNotFound(hash)
  const { name: kind, code = '' } = error as Error & { code?: string }
  if (error instanceof BlobDamaged || error instanceof BlobStoreDown || kind === 'AbortError' || DISK.has(code)) {
    return error as Error
  }
  return new BlobStoreDown(name, reasonOf(error), { cause: error })
}

function reasonOf(error: unknown): string {
  const { name, message, code } = error as Error & { code?: string }
  const kind = code ?? name
  return message.includes(kind) ? message : `${kind}, ${message}`
}
