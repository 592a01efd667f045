/** Draws docs/api.md: a table for each part of the API, whose cells link to a test that saw the answer. */
import type { Route } from './routes.ts'
import type { Sightings } from './sightings.ts'

export const UNSEEN = '✗'

const HEAD = `# Every route, every answer

Made from the tests by \`npm run api-table\`; do not edit it. Each row is a route, each column a status that the contract or
the OpenAPI document promises for it. A ✓ links to a test file in which a client got this answer over HTTP from a running
server, a ${UNSEEN} says that none did. \`npm run api-table -- --check\`, which CI runs after the tests, fails when a promised
answer was not seen, when one was seen that is not promised, and when this page says something else than the tests.

What each answer holds is described by the server itself, at \`/api/docs\`.
`

/** @param before the page as it stands: a test that it names stays named while it still sees the answer */
export function renderPage(routes: Route[], sightings: Sightings, before: string): string {
  const cited = citations(before)
  const cell = (row: string, status: number, testFiles: string[]) => {
    const kept = cited.get(`${row} ${status}`)
    const testFile = kept && testFiles.includes(kept) ? kept : nearest(testFiles)
    return testFile ? `[✓](../${testFile})` : UNSEEN
  }
  const sections = [...new Set(routes.map(({ section }) => section))].map((section) => {
    const shown = routes.filter((route) => route.section === section)
    const columns = [...new Set(shown.flatMap(({ statuses }) => statuses))].sort()
    const rows = shown.map((route) => {
      const name = rowName(route)
      const cells = columns.map((status) =>
        route.statuses.includes(status) ? cell(name, status, sightings.of(route, status)) : '',
      )
      return [name, ...cells]
    })
    return `## ${section}\n\n${table(['', ...columns.map(String)], rows)}`
  })
  const paths = [...new Set(routes.map(({ path }) => path))]
  const methodsOf = (path: string) => routes.filter((route) => route.path === path).map(({ method }) => method)
  const wrong = paths.map((path) => {
    const name = `\`${path}\``
    return [name, methodsOf(path).join(', '), cell(name, 405, sightings.ofWrongMethod(path))]
  })
  const others = `## Another method than a path has\n\n${table(['', 'has', '405'], wrong)}`
  return [HEAD, ...sections, others].join('\n')
}

const rowName = ({ method, path }: { method: string; path: string }) => `\`${method} ${path}\``

function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |\n`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('')
}

/** Tests that were written for the answer before those that came by it. */
function nearest(testFiles: string[]): string | undefined {
  const folders = ['test/contract/', 'test/api/', 'test/']
  const rank = (file: string) => folders.findIndex((folder) => file.startsWith(folder))
  return testFiles.toSorted((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))[0]
}

/** Which test file the page names for which row and status. */
function citations(page: string): Map<string, string> {
  const cited = new Map<string, string>()
  let columns: string[] = []
  for (const line of page.split('\n').filter((text) => text.startsWith('|'))) {
    const [name = '', ...cells] = line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim())
    if (name === '') columns = cells
    for (const [n, cell] of cells.entries()) {
      const testFile = /^\[✓\]\(\.\.\/(.+)\)$/.exec(cell)?.[1]
      if (testFile) cited.set(`${name} ${columns[n]}`, testFile)
    }
  }
  return cited
}
