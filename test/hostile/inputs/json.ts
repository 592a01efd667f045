/** JSON that hurts whoever reads it. */
import { gzipSync } from 'node:zlib'
import { type HostileInput, jsonHeaders, plain } from '../hostile-input.ts'

const MB = 1024 ** 2
const text = (to: string, name: string, status: number, says: string, body: () => string | Buffer): HostileInput => ({
  ...plain('json', to, name, { status, says }),
  send: () => {
    const [method = '', path = ''] = to.split(' ')
    return { method, path, headers: jsonHeaders, body: Buffer.from(body()) }
  },
})
const CLIENTS = 'POST /api/v3/clients'
const ASSETS = 'POST /api/v3/assets'
const nested = (bytes: number, open = '[', close = ']') => {
  const depth = bytes / (open.length + close.length)
  return `{"name":"x","metadata":${open.repeat(depth)}${close.repeat(depth)}}`
}
const NOT_JSON = 'The body is not valid JSON'

export const jsons: HostileInput[] = [
  text(CLIENTS, '10 MB, nested 5 million levels deep', 413, 'larger than the', () => nested(10 * MB)),
  text(CLIENTS, '1 MB, nested 500,000 levels deep', 400, 'nested more than 64 levels', () => nested(MB)),
  text(CLIENTS, '1 MB of nested objects', 400, 'nested more than 64 levels', () =>
    nested(MB, '{"a":', '}').replace(':}', ':1}'),
  ),
  text(CLIENTS, '65 levels', 400, 'nested more than 64 levels', () => nested(128)),
  text(
    ASSETS,
    '7 MB, nested 3 million levels deep, where files may come as base64',
    400,
    'nested more than 64 levels',
    () => nested(7 * MB),
  ),
  text(ASSETS, '7 MB of brackets that never close', 400, 'nested more than 64 levels', () => '['.repeat(7 * MB)),
  text(
    ASSETS,
    '4 MB of small objects',
    413,
    'beside its texts',
    () => `{"metadata":{"a":[${'{},'.repeat(1.3 * MB)}{}]}}`,
  ),
  text(ASSETS, '4 MB of short texts', 413, 'beside its texts', () => `{"tags":[${'"a",'.repeat(MB)}"a"]}`),
  text(ASSETS, '5 MB of quotes that are escaped', 400, NOT_JSON, () => `{"name":"${'\\"'.repeat(2.5 * MB)}`),
  text(CLIENTS, 'a number without end', 422, 'name', () => `{"name":${'9'.repeat(MB)}}`),
  text(CLIENTS, '1e999999', 422, 'name', () => '{"name":1e999999}'),
  text(CLIENTS, 'cut off', 400, NOT_JSON, () => '{"name":"ACME"'),
  text(CLIENTS, 'two values', 400, NOT_JSON, () => '{"name":"A"}{"name":"B"}'),
  text(CLIENTS, 'a comment', 400, NOT_JSON, () => '{"name":"A"/* x */}'),
  text(CLIENTS, 'NaN', 400, NOT_JSON, () => '{"name":NaN}'),
  text(CLIENTS, 'a bare NUL', 400, NOT_JSON, () => '\0'),
  text(CLIENTS, 'UTF-16', 400, NOT_JSON, () => Buffer.from('{"name":"ACME"}', 'utf16le')),
  text(CLIENTS, 'compressed by gzip', 400, NOT_JSON, () => gzipSync('{"name":"ACME"}')),
  text(CLIENTS, 'a list', 422, 'must be a JSON object', () => '["ACME"]'),
  text(CLIENTS, 'a text', 422, 'must be a JSON object', () => '"ACME"'),
  text(CLIENTS, 'null', 422, 'must be a JSON object', () => 'null'),
  text(CLIENTS, 'a prototype for every object', 422, 'is required', () => '{"__proto__":{"name":"ACME"}}'),
  text(CLIENTS, 'a constructor', 422, 'is required', () => '{"constructor":{"prototype":{"name":"ACME"}}}'),
  text(CLIENTS, 'NUL in a name', 422, '"name"', () => '{"name":"A\\u0000B"}'),
  text(CLIENTS, 'NUL deep in metadata', 422, '"metadata.a.0"', () => '{"name":"A","metadata":{"a":["\\u0000"]}}'),
  text(CLIENTS, 'NUL in a key', 422, '"metadata"', () => '{"name":"A","metadata":{"\\u0000":1}}'),
  text(CLIENTS, 'half of a surrogate pair', 422, '"name"', () => '{"name":"A\\ud800"}'),
  plain(
    'json',
    CLIENTS,
    'a form where JSON is taken',
    { status: 400, says: 'send application/json' },
    {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: Buffer.from('name=ACME'),
    },
  ),
  plain(
    'json',
    CLIENTS,
    'XML with an entity',
    { status: 400, says: 'send application/json' },
    {
      headers: { 'content-type': 'application/xml' },
      body: Buffer.from('<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'),
    },
  ),
]
