/** File names that want to be headers, paths or markup. */
import { jpeg } from '../../api/sample-files.ts'
import { formHeaders, formOf } from '../form.ts'
import { type HostileInput, json } from '../hostile-input.ts'

const TO = 'POST /api/v3/assets'
const named = (name: string, disposition: string, status: number, says: string): HostileInput => ({
  class: 'filename',
  name,
  to: TO,
  status,
  says,
  send: async () => ({
    method: 'POST',
    path: '/api/v3/assets',
    headers: formHeaders,
    body: formOf(await jpeg(), disposition),
  }),
  ...(status === 201 && { harmless: (served: Headers) => whyHarmful(served) }),
})
const refused = (name: string, disposition: string, status = 422, says = 'has control characters') =>
  named(name, disposition, status, says)
const taken = (name: string, disposition: string, says: string) => named(name, disposition, 201, says)

/** Null when the name did nothing to the headers that an asset's bytes are served with. */
function whyHarmful(served: Headers): string | null {
  if (served.get('set-cookie') || served.get('x-evil')) return 'it set a header'
  if (served.get('content-type') !== 'image/jpeg') return 'it changed the type'
  if (served.get('x-content-type-options') !== 'nosniff') return 'it took away nosniff'
  const disposition = served.get('content-disposition') ?? ''
  return /^inline; filename="[^"\\\r\n]*"; filename\*=UTF-8''[^\s"';,/\\]*$/.test(disposition) ? null : disposition
}

const asName = (name: string, given: string) =>
  json('filename', TO, name, { status: 422, says: 'has control characters' }, ({ outside }) => ({
    name: given,
    source_url: `${outside}/photo.jpg`,
  }))

export const filenames: HostileInput[] = [
  refused(
    'a line break and a header, encoded (RFC 5987)',
    "filename*=UTF-8''a%0D%0ASet-Cookie:%20x=1.jpg",
    400,
    'Either file upload',
  ),
  refused('a line feed, encoded', "filename*=UTF-8''a%0ASet-Cookie:%20x=1.jpg", 400, 'Either file upload'),
  refused('NUL, encoded', "filename*=UTF-8''a.svg%00.jpg"),
  refused('an escape sequence for a terminal', 'filename="a\x1b[2Jb.jpg"'),
  refused('a tab', 'filename="a\tb.jpg"'),
  asName('a header in the name of an asset', 'a\r\nX-Evil: 1'),
  asName('a page in the name of an asset, behind two line breaks', 'a\r\n\r\n<script>alert(1)</script>'),
  taken('quotes that end the parameter', 'filename="a\\"; x-evil=\\"1.jpg"', '"name":"a'),
  taken('a path that climbs out', 'filename="../../../etc/passwd"', '"name":"passwd"'),
  taken('a path of Windows', 'filename="C:\\\\windows\\\\system32\\\\photo.jpg"', '"name":"photo.jpg"'),
  taken('a path that climbs out, encoded', 'filename="..%2F..%2Fphoto.jpg"', '"name":"..%2F..%2Fphoto.jpg"'),
  taken('markup', 'filename="<script>alert(1)<script>.jpg"', '<script>'),
  taken('a line break, encoded as browsers do', 'filename="a%0D%0AX-Evil: 1.jpg"', '"name":"a%0D%0AX-Evil: 1.jpg"'),
  taken('a name turned around (U+202E)', 'filename="gpj.\u202Eexe.jpg"', 'exe.jpg'),
  taken('a name of 5,000 characters', `filename="${'n'.repeat(5000)}.jpg"`, '"name":"nnn'),
  taken('a page by its extension', 'filename="page.html"', '"format":"jpg"'),
]
