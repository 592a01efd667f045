/** URLs that lead inward: literally, by name, by redirect. */
import { type HostileInput, json, type World } from '../hostile-input.ts'

/** How loopback and other private addresses can be written. */
const HOSTS = [
  ...['127.0.0.1', '127.1', '2130706433', '0x7f000001', '0x7f.0.0.1', '0177.0.0.1', '017700000001', '127.0.0.1.'],
  ...['127.8.9.1', '0.0.0.0', '0', '①②⑦.⓪.⓪.①', 'localhost', 'LOCALHOST'],
  ...[
    '[::1]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::127.0.0.1]',
    '[64:ff9b::7f00:1]',
    '[2002:7f00:1::]',
  ],
  ...['10.0.0.1', '172.16.0.1', '192.168.0.1', '169.254.169.254', '100.64.0.1', '224.0.0.1', '255.255.255.255'],
  ...['[fe80::1]', '[fc00::1]', '[ff02::1]'],
]
const NAMES: [host: string, name: string][] = [
  ['inward.test', 'a name that resolves to 127.0.0.1'],
  ['inward6.test', 'a name that resolves to ::1'],
  ['mapped.test', 'a name that resolves to ::ffff:7f00:1'],
  ['private.test', 'a name that resolves to 10.0.0.1'],
  ['mixed.test', 'a name that resolves to a public address and to 127.0.0.1'],
]
const INWARD = { status: 400, says: 'is not a public address' }
const FROM_URL = 'POST /api/v3/assets/from-url'

const source = (name: string, url: (world: World) => string, answer = INWARD) =>
  json('address', FROM_URL, name, answer, (world) => ({ source_url: url(world) }))
const redirect = (name: string, to: (world: World) => string, answer = INWARD) =>
  source(`a redirect ${name}`, (world) => `${world.outside}/?to=${encodeURIComponent(to(world))}`, answer)
const callback = (url: string, says: string) =>
  json('address', 'POST /api/v3/clients', `callback_url ${url}`, { status: 422, says }, () => ({
    name: 'ACME',
    callback_url: url,
  }))

export const address: HostileInput[] = [
  ...HOSTS.map((host) => source(host, ({ inwardPort }) => `http://${host}:${inwardPort}/photo.jpg`)),
  source('https to loopback', ({ inwardPort }) => `https://127.0.0.1:${inwardPort}/photo.jpg`),
  ...NAMES.map(([host, name]) => source(name, ({ inwardPort }) => `http://${host}:${inwardPort}/photo.jpg`)),
  source(
    'rebinding: a name that is public when it is checked and 127.0.0.1 afterwards',
    ({ inwardPort }) => `http://rebind.test:${inwardPort}/photo.jpg`,
    { status: 400, says: "can't be reached" },
  ),
  redirect('to 127.0.0.1', ({ inward }) => `http://${inward}/photo.jpg`),
  redirect('to [::1]', ({ inwardPort }) => `http://[::1]:${inwardPort}/photo.jpg`),
  redirect('to a decimal address', ({ inwardPort }) => `http://2130706433:${inwardPort}/photo.jpg`),
  redirect('to localhost', ({ inwardPort }) => `http://localhost:${inwardPort}/photo.jpg`),
  redirect('to a name that resolves inward', ({ inwardPort }) => `http://inward.test:${inwardPort}/photo.jpg`),
  redirect(
    'to a redirect inward',
    ({ outside, inward }) => `${outside}/?to=${encodeURIComponent(`http://${inward}/photo.jpg`)}`,
  ),
  redirect('to a file', () => 'file:///etc/passwd', { status: 400, says: 'Only http and https URLs are fetched' }),
  redirect('with a password', ({ outside }) => outside.replace('//', '//user:secret@'), {
    status: 400,
    says: 'A URL with a user name or password is not fetched',
  }),
  source('redirects in a circle', ({ outside }) => `${outside}/loop`, {
    status: 400,
    says: 'redirects more than 5 times',
  }),
  ...[
    'file:///etc/passwd',
    'ftp://127.0.0.1/a',
    'gopher://127.0.0.1:6379/_INFO',
    'data:image/png;base64,AAAA',
    'jar:http://a!/b',
  ].map((url) => source(url, () => url, { status: 400, says: 'Only http and https URLs are fetched' })),
  source('a user name that looks like a host', ({ inward }) => `http://example.com@${inward}/photo.jpg`, {
    status: 400,
    says: 'A URL with a user name or password is not fetched',
  }),
  source('no URL', () => 'http://', { status: 400, says: 'It is not a URL' }),
  source('a URL with NUL', ({ inward }) => `http://example.com\0@${inward}/`, { status: 422, says: 'source_url' }),
  json('address', 'POST /api/v3/assets', '127.0.0.1 as source_url', INWARD, ({ inward }) => ({
    source_url: `http://${inward}/photo.jpg`,
  })),
  json('address', 'POST /api/v3/assets/unified', '127.0.0.1 as url', INWARD, ({ inward }) => ({
    url: `http://${inward}/photo.jpg`,
  })),
  json(
    'address',
    'POST /api/v3/assets/from-urls',
    '127.0.0.1 in a list (the contract answers 201, with every failure)',
    { status: 201, says: '"created":0,"failed":2' },
    ({ inward }) => ({ assets: [`http://${inward}/photo.jpg`, { url: 'http://[::1]/' }] }),
  ),
  callback('https://127.0.0.1/hook', 'is not a public address'),
  callback('https://[::ffff:7f00:1]/hook', 'is not a public address'),
  callback('https://2130706433/hook', 'is not a public address'),
  callback('https://localhost/hook', 'is not a public address'),
  callback('http://example.com/hook', 'It must be an https URL'),
  callback('file:///etc/passwd', 'Only http and https URLs'),
  callback('https://user:secret@example.com/', 'user name or password'),
]
