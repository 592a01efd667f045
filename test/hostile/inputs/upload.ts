/** Uploads that are too large, cut off or malformed. */
import { BOUNDARY, END, field, fileHead, formHeaders, formOf } from '../form.ts'
import { type HostileInput, type HostileRequest, json, jsonHeaders, plain, type World } from '../hostile-input.ts'

const PIECE = Buffer.alloc(64 * 1024, 'x')
const TO = 'POST /api/v3/assets'

type Sent = Omit<HostileRequest, 'method' | 'path'>
const upload = (
  name: string,
  { status, says }: { status: number; says: string },
  sent: (world: World) => Sent,
): HostileInput => ({
  class: 'upload',
  name,
  to: TO,
  status,
  says,
  send: (world) => ({ method: 'POST', path: '/api/v3/assets', headers: formHeaders, ...sent(world) }),
})
const MALFORMED = { status: 400, says: 'The form is malformed or was cut off' }
const MANY_PARTS = { status: 400, says: 'more than 100 parts' }
const TOO_LARGE = { status: 413, says: 'larger than the' }
const announced = (bytes: number | string) => ({ ...formHeaders, 'content-length': String(bytes) })

/** A form with a file of `megabytes`, sent piece by piece. */
function* fileOf(megabytes: number): Iterable<Buffer> {
  yield fileHead()
  for (let piece = 0; piece < megabytes * 16; piece++) yield PIECE
  yield END
}

function* base64Of60Mb(): Iterable<Buffer> {
  yield Buffer.from('{"blob_data":"')
  for (let megabyte = 0; megabyte < 80; megabyte++) yield Buffer.alloc(1024 ** 2, 'A')
  yield Buffer.from('"}')
}

export const uploads: HostileInput[] = [
  upload('one byte more than MAX_UPLOAD_BYTES', TOO_LARGE, ({ maxUploadBytes }) => ({
    body: formOf(Buffer.alloc(maxUploadBytes + 1)),
  })),
  upload('200 MB, announced', TOO_LARGE, () => ({ headers: announced(200 * 1024 ** 2), body: () => fileOf(200) })),
  upload('200 MB, not announced', TOO_LARGE, () => ({ body: () => fileOf(200) })),
  upload('10 GB announced, nothing sent', TOO_LARGE, () => ({
    headers: announced(10 * 1024 ** 3),
    body: () => [fileHead()],
  })),
  upload('fields of 8 MB beside the file', TOO_LARGE, () => ({
    body: () => [
      ...Array.from({ length: 16 }, (_, n) => field(`description${n}`, 'x'.repeat(512 * 1024))),
      fileHead(),
      END,
    ],
  })),
  upload('a field of 2 MB', TOO_LARGE, () => ({
    body: Buffer.concat([field('description', 'x'.repeat(2 * 1024 ** 2)), END]),
  })),
  upload('10,000 fields', MANY_PARTS, () => ({
    body: Buffer.concat([...Array.from({ length: 10_000 }, (_, n) => field(`f${n}`, 'x')), END]),
  })),
  upload('10,000 files', MANY_PARTS, () => ({
    body: Buffer.concat([
      ...Array.from({ length: 10_000 }, () => Buffer.concat([fileHead(), Buffer.from('x\r\n')])),
      END,
    ]),
  })),
  upload('a form that ends in the middle of its file', MALFORMED, () => ({ body: Buffer.concat([fileHead(), PIECE]) })),
  upload('a form that ends in the head of its file', MALFORMED, () => ({ body: fileHead().subarray(0, 60) })),
  upload('a form without a boundary', MALFORMED, () => ({
    headers: { 'content-type': 'multipart/form-data' },
    body: formOf(PIECE),
  })),
  upload('a form with another boundary', MALFORMED, () => ({
    headers: { 'content-type': 'multipart/form-data; boundary=another' },
    body: formOf(PIECE),
  })),
  upload('no form, although it is called one', MALFORMED, () => ({ body: Buffer.from('hello') })),
  upload('a part whose head does not end', MALFORMED, () => ({
    body: Buffer.from(`--${BOUNDARY}\r\n${'x-header: y\r\n'.repeat(20_000)}`),
  })),
  upload('a sender that leaves in the middle', { status: 0, says: '' }, () => ({
    headers: announced(1_000_000),
    body: Buffer.concat([fileHead(), PIECE]),
    leaves: true,
  })),
  upload('a form without a file', { status: 400, says: 'Either file upload or source_url' }, () => ({
    body: Buffer.concat([field('name', 'nothing'), END]),
  })),
  upload('a campaign that does not exist', { status: 404, says: 'Campaign not found' }, () => ({
    body: Buffer.concat([field('campaign_id', 'x'), formOf(PIECE)]),
  })),
  upload('a field with NUL', { status: 422, says: 'description' }, () => ({
    body: Buffer.concat([field('description', 'a\0b'), formOf(PIECE)]),
  })),
  json('upload', TO, 'base64 of more than MAX_UPLOAD_BYTES', TOO_LARGE, ({ maxUploadBytes }) => ({
    blob_data: Buffer.alloc(maxUploadBytes + 3).toString('base64'),
  })),
  json(
    'upload',
    TO,
    'base64 of exactly what the body may have, but no file',
    { status: 400, says: 'neither an image' },
    () => ({
      blob_data: 'A'.repeat(4_000_000),
    }),
  ),
  upload('base64 of 60 MB', TOO_LARGE, () => ({ headers: jsonHeaders, body: base64Of60Mb })),
  json('upload', TO, 'base64 that is none', { status: 422, says: 'is not base64' }, () => ({ blob_data: '<svg/>' })),
  json('upload', TO, 'base64 of an SVG', { status: 400, says: 'neither an image' }, () => ({
    blob_data: `data:image/png;base64,${Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>').toString('base64')}`,
  })),
  plain(
    'upload',
    'POST /api/v3/assets/from-url',
    'a form where JSON is taken',
    { status: 400, says: 'send application/json' },
    {
      headers: formHeaders,
      body: formOf(PIECE),
    },
  ),
  plain('upload', 'POST /api/webhooks/replicate', '8 MB to the open webhook route', TOO_LARGE, {
    headers: { 'content-type': 'application/octet-stream' },
    body: () => fileOf(8),
  }),
]
