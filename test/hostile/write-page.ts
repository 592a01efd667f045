/** `npm run bad-inputs`: tries everything, and writes docs/bad-inputs.md. */
import { writeFile } from 'node:fs/promises'
import { attempt } from './attempt.ts'
import { CATALOGUE } from './catalogue.ts'
import { startHostileServer } from './hostile-server.ts'
import { PAGE, pageOf } from './page.ts'
import { tryWrongTypes } from './wrong-types.ts'

const MB = 1024 * 1024
const server = await startHostileServer()
const problems: string[] = []
try {
  const atFirst = await server.snapshot()
  const before = server.memory()?.now ?? 0
  let most = { growth: 0, name: '' }
  let peak = before
  for (const input of CATALOGUE) {
    const resident = server.memory()?.now ?? 0
    const { growth, problems: found } = await attempt(server, input, atFirst)
    problems.push(...found.map((problem) => `${input.to} (${input.name}): ${problem}`))
    if (growth > most.growth) most = { growth, name: input.name }
    peak = Math.max(peak, resident + growth)
  }
  const after = server.memory()?.now ?? 0
  const wrong = await tryWrongTypes(server)
  problems.push(...wrong.problems)
  const mb = (bytes: number) => `${Math.round(bytes / MB)} MB`
  const measured = [
    `Last run (${new Date().toISOString().slice(0, 10)}): ${CATALOGUE.length} inputs and ${wrong.requests} values of the`,
    `wrong type (${wrong.fields} fields of ${wrong.routes} routes; ${wrong.refused} refused), ${problems.length} problems.`,
    `Resident memory of the server: ${mb(before)} before, ${mb(peak)} at its peak, ${mb(after)} after; the input that`,
    `it grew by most for was "${most.name}" (${mb(most.growth)}). Requests that reached the inside: ${server.inwardAsked.length}.`,
  ].join(' ')
  await writeFile(PAGE, pageOf(measured))
  console.log(measured)
} finally {
  await server.close()
}
for (const problem of problems) console.error(problem)
process.exitCode = problems.length > 0 ? 1 : 0
