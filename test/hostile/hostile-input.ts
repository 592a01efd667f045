/** What a hostile input is: data that the tests send and docs/bad-inputs.md lists. */

export const CLASSES = {
  traversal: 'Paths that climb out',
  address: 'URLs that lead inward',
  fetched: 'URLs that give what nobody wants',
  upload: 'Uploads that are too large, cut off or malformed',
  file: 'Files that are not what they seem',
  bomb: 'Files that unfold',
  filename: 'Names that want to be headers or paths',
  json: 'JSON that hurts',
  header: 'Headers and queries',
} as const
export type HostileClass = keyof typeof CLASSES

export interface HostileRequest {
  method: string
  /** As it goes over the wire: nothing is normalised. */
  path: string
  headers?: Record<string, string>
  /** A function makes the pieces of a body that is sent without its length. */
  body?: Buffer | (() => Iterable<Buffer>)
  /** The sender leaves after the body, although more was announced. */
  leaves?: boolean
}

/** What is there while inputs are sent. */
export interface World {
  /** A job that waits for approval. */
  jobId: number
  /** A server inside that must never be reached: `host:port`, and the port alone. */
  inward: string
  inwardPort: number
  /** A server outside: it serves `/photo.jpg`, redirects where `to` says, and more (outside.ts). */
  outside: string
  /** Bytes that an upload may have. */
  maxUploadBytes: number
}

export interface HostileInput {
  class: HostileClass
  /** What is sent, in words; no two are the same. */
  name: string
  /** Method and path for the list. */
  to: string
  send: (world: World) => HostileRequest | Promise<HostileRequest>
  /** 0: the connection ends without an answer, because the sender is gone. */
  status: number
  /** A part of the answer. */
  says: string
  /** An accepted one, which must have become harmless: looks at the asset that it made. */
  harmless?: (served: Headers) => string | null
}

/** A request whose path stands in the list as it is; `{job}` becomes the job's id. */
export function plain(
  kind: HostileClass,
  to: string,
  name: string,
  { status, says }: { status: number; says: string },
  more: Pick<HostileRequest, 'headers' | 'body'> = {},
): HostileInput {
  const [method = '', path = ''] = to.split(/ (.*)/)
  return {
    class: kind,
    name,
    to,
    status,
    says,
    send: ({ jobId }) => ({ method, path: path.replace('{job}', String(jobId)), ...more }),
  }
}

export const jsonHeaders = { 'content-type': 'application/json' }

/** JSON that is made when it is sent. */
export function json(
  kind: HostileClass,
  to: string,
  name: string,
  { status, says }: { status: number; says: string },
  body: (world: World) => unknown,
): HostileInput {
  const [method = '', path = ''] = to.split(' ')
  const send = (world: World) => ({
    method,
    path: path.replace('{job}', String(world.jobId)),
    headers: jsonHeaders,
    body: Buffer.from(JSON.stringify(body(world))),
  })
  return { class: kind, name, to, status, says, send }
}
