/** What DATABASE_URL may say. It holds a password, so what is said of it never quotes it. */

const EXAMPLE = 'postgresql://user:password@host:5432/database'
/** Of those that pg takes: the others would change what connections are set to, or be ignored. */
const PARAMETERS = ['host', 'sslmode', 'sslrootcert', 'sslcert', 'sslkey', 'uselibpqcompat', 'application_name']

/** @returns why it is none that can be used, to be said after its name; null when it can be */
export function whyNoPostgresUrl(text: string): string | null {
  const url = URL.parse(text)
  if (!url || !isDecodable(url)) {
    return `must be a URL like ${EXAMPLE}, in which the password's special characters are percent-encoded`
  }
  if (url.protocol !== 'postgresql:' && url.protocol !== 'postgres:') {
    return `must begin with postgresql: (as in ${EXAMPLE}); an SQLite file is named by DATABASE_PATH`
  }
  if (!/^\/[^/]+$/.test(url.pathname)) return `must name the database at its end, as in ${EXAMPLE}`
  const unknown = [...url.searchParams.keys()].find((name) => !PARAMETERS.includes(name))
  return unknown === undefined
    ? null
    : `has the parameter ${unknown}, which is not taken: there are ${PARAMETERS.join(', ')}`
}

function isDecodable({ username, password, pathname }: URL): boolean {
  try {
    for (const part of [username, password, pathname]) decodeURIComponent(part)
    return true
  } catch {
    return false
  }
}
