/** Headers and queries. */
import { type HostileInput, jsonHeaders, plain } from '../hostile-input.ts'

const ACME = { headers: jsonHeaders, body: Buffer.from('{"name":"ACME"}') }
const header = (to: string, name: string, status: number, says: string, headers: Record<string, string>) =>
  plain(
    'header',
    to,
    name,
    { status, says },
    to.startsWith('POST') ? { ...ACME, headers: { ...jsonHeaders, ...headers } } : { headers },
  )
const query = (to: string, name: string, says: string) => plain('header', to, name, { status: 400, says })
const POST = 'POST /api/v3/clients'
const PATCH = 'PATCH /api/v3/jobs/{job}/storyboard/scenes/0'

export const headers: HostileInput[] = [
  header('GET /api/v3/clients', 'a foreign Host', 403, 'set API_AUTH_KEY', { host: 'evil.example' }),
  header('GET /api/v3/clients', 'a Host that begins like loopback', 403, 'set API_AUTH_KEY', {
    host: '127.0.0.1.evil.example',
  }),
  header('GET /api/v3/clients', 'a Host that is none', 400, 'malformed as HTTP', { host: 'a b' }),
  header(POST, 'a foreign Origin', 403, 'list it in CORS_ORIGINS', { origin: 'https://evil.example' }),
  header(POST, 'the Origin null', 403, 'list it in CORS_ORIGINS', { origin: 'null' }),
  header(POST, 'an Idempotency-Key of 10,000 characters', 400, 'Idempotency-Key', {
    'idempotency-key': 'k'.repeat(10_000),
  }),
  header(POST, 'an Idempotency-Key with spaces', 400, 'Idempotency-Key', { 'idempotency-key': 'a b' }),
  header('GET /api/v3/clients', 'headers of 100 KB', 431, 'too large', { 'x-large': 'x'.repeat(100_000) }),
  header(POST, 'a length that is none', 400, 'malformed as HTTP', { 'content-length': '1e3' }),
  plain(
    'header',
    PATCH,
    'an If-Match that is no version',
    { status: 400, says: 'If-Match' },
    {
      headers: { ...jsonHeaders, 'if-match': '"../../etc"' },
      body: Buffer.from('{"title":"x"}'),
    },
  ),
  plain(
    'header',
    POST,
    'two lengths (request smuggling)',
    { status: 400, says: 'malformed as HTTP' },
    {
      headers: { ...jsonHeaders, 'content-length': '5', 'transfer-encoding': 'chunked' },
      body: Buffer.from('0\r\n\r\n'),
    },
  ),
  header('TRACE /api/v3/clients', 'a method that nothing knows', 405, 'is not allowed here', {}),
  query('GET /api/v3/assets?limit=many', 'a word for a number', 'limit'),
  query('GET /api/v3/assets?limit=-1', 'a negative limit', 'limit'),
  query('GET /api/v3/assets?offset=1e99', 'an offset beyond everything', 'offset'),
  query('GET /api/v3/assets?type=document', 'a type that no asset has', 'type'),
  query('GET /api/v3/jobs?cursor=..%2F..%2Fetc', 'a cursor that no page gave', 'cursor'),
  query('GET /api/v3/jobs?status=done', 'a status that no job has', 'status'),
  query(`GET /api/v3/jobs?q=${'q'.repeat(1000)}`, 'a search of 1,000 characters', 'q'),
  query('GET /api/v3/jobs?q=%00', 'NUL in a search', 'q'),
  query('GET /api/v3/assets?campaign_id=%00', 'NUL in a filter', 'campaign_id'),
]
