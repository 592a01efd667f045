/** Where an S3 store is, as BLOB_STORE_URL says it: s3://bucket/prefix?endpoint=…&region=…&path_style=… */
export interface S3Location {
  bucket: string
  /** Ends in a slash, or is empty. */
  prefix: string
  /** Of a server other than AWS; unset: what the SDK's own settings say. */
  endpoint?: string
  /** Unset: what the SDK's own settings say. */
  region?: string
  /** Whether the bucket stands in the path, and not in the host's name. */
  pathStyle: boolean
}

const FORM = 's3://bucket/prefix?endpoint=https://host&region=name&path_style=true'

const SETTINGS = ['endpoint', 'region', 'path_style']
const YES_OR_NO: Record<string, boolean> = { true: true, '1': true, false: false, '0': false }

/** @throws Error that says what is wrong with it; a key that stands in it is not repeated */
export function parseS3Url(text: string): S3Location {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url?.protocol !== 's3:') throw new Error(`must be ${FORM}`)
  if (url.username || url.password) {
    throw new Error('must not hold keys: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile or role')
  }
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(url.host)) throw new Error(`names no bucket: it is ${FORM}`)
  const unknown = [...url.searchParams.keys()].find((name) => !SETTINGS.includes(name))
  if (unknown) throw new Error(`has a setting "${unknown}", and there is none of that name: it is ${FORM}`)
  const [endpoint, region, pathStyle] = SETTINGS.map((name) => url.searchParams.get(name) ?? undefined)
  if (endpoint !== undefined && !(URL.canParse(endpoint) && /^https?:/.test(endpoint))) {
    throw new Error(`has an endpoint that is no http or https URL: it is ${FORM}`)
  }
  if (pathStyle !== undefined && !(pathStyle in YES_OR_NO))
    throw new Error('has a path_style that is neither true nor false')
  const folder = decodeURIComponent(url.pathname).replace(/^\/+|\/+$/g, '')
  return {
    bucket: url.host,
    prefix: folder && `${folder}/`,
    endpoint,
    // Servers other than AWS hardly look at it, but the signature names one.
    region: region ?? (endpoint && 'us-east-1'),
    // Few of them have a host name for every bucket.
    pathStyle: YES_OR_NO[pathStyle ?? ''] ?? endpoint !== undefined,
  }
}

/** As people know it: without what only machines need. */
export const nameOf = ({ bucket, prefix }: Pick<S3Location, 'bucket' | 'prefix'>) =>
  `s3://${bucket}/${prefix}`.replace(/\/$/, '')
