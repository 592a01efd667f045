/**
 * `npm run api-table`, after `npm test`: writes docs/api.md, every route of the API with every status that it promises,
 * and which test saw it over HTTP. With `--check` it writes nothing, and fails when the page or a promise does not hold.
 */
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { run } from '../runtime/main.ts'
import { readNotes } from './api-table/notes.ts'
import { renderPage } from './api-table/render.ts'
import { readRoutes } from './api-table/routes.ts'
import { findSightings } from './api-table/sightings.ts'

const page = path.join(import.meta.dirname, '..', 'docs', 'api.md')

run(async () => {
  const routes = await readRoutes()
  const sightings = findSightings(routes, await readNotes())
  const before = await readFile(page, 'utf8').catch(() => '')
  const now = renderPage(routes, sightings, before)

  const promised = routes.flatMap((route) => route.statuses.map((status) => ({ route, status })))
  const unseen = promised
    .filter(({ route, status }) => sightings.of(route, status).length === 0)
    .map(({ route, status }) => `${route.method} ${route.path} ${status}`)
  const paths = [...new Set(routes.map((route) => route.path))]
  const tolerant = paths.filter((one) => sightings.ofWrongMethod(one).length === 0)
  const problems = [
    ...problem('Promised, but seen by no test', [...unseen, ...tolerant.map((one) => `another method of ${one} 405`)]),
    ...problem('Seen, but neither in the contract nor in the OpenAPI document', sightings.unpromised),
  ]

  const checking = process.argv.includes('--check')
  if (!checking) await writeFile(page, now)
  else if (now !== before) problems.push('docs/api.md is not what the tests saw: run `npm run api-table` after them.')
  const seen = promised.length - unseen.length
  console.log(`${routes.length} routes, ${promised.length} promised answers, ${seen} of them seen over HTTP.`)
  if (problems.length > 0) console.log(problems.join('\n'))
  if (checking && problems.length > 0) throw new Error('The table of the API does not hold.')
})

function problem(title: string, lines: string[]): string[] {
  return lines.length > 0 ? [`${title}:\n  ${lines.join('\n  ')}`] : []
}
