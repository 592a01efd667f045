/** Reads a multipart form: its file goes to disk as it arrives, its fields to memory. */
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { finished, Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream } from 'node:stream/web'
import { Busboy } from '@fastify/busboy'
import type { Context } from 'hono'
import type { IncomingFile } from '../../assets/store-file.ts'
import { releasing } from '../../storage/release-memory.ts'
import { ApiError, tooLarge } from '../errors.ts'
import type { ApiEnv } from '../router.ts'

/** Bytes that a form may have beside its file. */
const FORM_BYTES = 1024 * 1024
const MAX_PARTS = 100

export interface Upload {
  fields: Record<string, string>
  /** The part named "file"; null when there is none. */
  file: IncomingFile | null
}

/**
 * @param folder where the file is written
 * @throws ApiError 413 once the file has more than `maxBytes`, or the fields more than 1 MiB; 400 when the form is cut
 *   off, malformed or has more parts than any form here needs; 422 when the file's name has control characters
 */
export async function readUpload(c: Context<ApiEnv>, folder: string, maxBytes: number): Promise<Upload> {
  const request = c.req.raw
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes + FORM_BYTES) throw tooLarge(maxBytes)
  const fields = new Map<string, string>()
  const parser = createParser(request, maxBytes)
  const source = bodyOf(c)
  const stop = new AbortController()
  let file: IncomingFile | null = null
  let fieldBytes = 0
  let written: Promise<void> = Promise.resolve()

  const parsed = new Promise<void>((resolve, reject) => {
    parser.on('field', (name, value, nameTruncated, valueTruncated) => {
      fieldBytes += value.length
      if (nameTruncated || valueTruncated || fieldBytes > FORM_BYTES) return reject(tooLarge(FORM_BYTES))
      fields.set(name, value)
    })
    parser.on('file', (name, stream, filename) => {
      // A browser sends a file field that was left empty as a file without a name.
      if (name !== 'file' || !filename || file) return stream.resume()
      // It is shown and sent in a header; browsers encode what would be one.
      if (/\p{Cc}/u.test(filename)) return reject(namedBadly())
      const target = path.join(folder, 'upload')
      file = { path: target, name: filename }
      stream.once('limit', () => reject(tooLarge(maxBytes)))
      const write = (chunks: AsyncIterable<Uint8Array>) => writeFile(target, releasing(chunks))
      written = pipeline(stream, write, { signal: stop.signal })
      written.catch(reject)
    })
    for (const limit of ['fieldsLimit', 'partsLimit'] as const) parser.once(limit, () => reject(tooManyParts()))
    parser.once('finish', resolve)
    parser.once('error', (error) => reject(malformed(error)))
    finished(source, { writable: false }, (error) => error && reject(malformed(error)))
  })
  try {
    source.pipe(parser)
    await parsed
    await written
    return { fields: Object.fromEntries(fields), file }
  } catch (error) {
    source.unpipe(parser)
    // A request of Node's takes its connection with it, and the answer; what is still to come of it is discarded later.
    if (source !== c.env.incoming) source.destroy()
    stop.abort()
    await written.catch(() => {})
    throw error
  }
}

/** As Node has it where that is the body of this very request: a web stream would copy each chunk. */
function bodyOf({ env, req }: Context<ApiEnv>): Readable {
  return env.incoming && !env.repeat ? env.incoming : Readable.fromWeb(req.raw.body as ReadableStream)
}

function createParser(request: Request, maxBytes: number) {
  const limits = { fileSize: maxBytes, fieldSize: FORM_BYTES, fields: MAX_PARTS, parts: MAX_PARTS }
  try {
    return new Busboy({ headers: { 'content-type': request.headers.get('content-type') ?? '' }, limits })
  } catch (error) {
    throw malformed(error)
  }
}

function malformed(cause: unknown): ApiError {
  return new ApiError(400, 'The form is malformed or was cut off: send multipart/form-data with a boundary', { cause })
}

function tooManyParts(): ApiError {
  return new ApiError(400, `The form has more than ${MAX_PARTS} parts: send one file and its fields`)
}

function namedBadly(): ApiError {
  const details = { file: ['has control characters in its name, such as a line break: rename it'] }
  return new ApiError(422, 'Validation failed', { details })
}
