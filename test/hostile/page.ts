/** docs/bad-inputs.md: what is tried, listed and counted. */
import path from 'node:path'
import { CATALOGUE } from './catalogue.ts'
import { CLASSES, type HostileClass, type HostileInput } from './hostile-input.ts'
import { EXCEPTIONS, VALUES } from './wrong-values.ts'

export const PAGE = path.join(import.meta.dirname, '..', '..', 'docs', 'bad-inputs.md')
const KINDS = Object.keys(CLASSES) as HostileClass[]
const MEASURED = /(<!-- measured -->\n).*?(\n<!-- end -->)/s

/** The same page whatever was measured: that differs from run to run. */
export const withoutMeasured = (page: string): string => page.replace(MEASURED, '$1$2')

/** @param measured a paragraph on the run that the page was written after */
export function pageOf(measured: string): string {
  const inputs = (kind: HostileClass) => CATALOGUE.filter((input) => input.class === kind)
  return `${[
    '# Bad inputs',
    'What was tried on a server in a process of its own, over HTTP (`test/hostile/`). After each, the answer is looked at, the rows of every table and the files of every folder are compared with those before, and the memory of the process is read. `npm run bad-inputs` tries everything and writes this page; the tests fail when it is stale.',
    `<!-- measured -->\n${measured}\n<!-- end -->`,
    table(
      ['what', 'inputs'],
      [...KINDS.map((kind) => [CLASSES[kind], String(inputs(kind).length)]), ['**in all**', `**${CATALOGUE.length}**`]],
    ),
    'Beside these, every field of every JSON body in the OpenAPI document gets values of the wrong type: see [the end](#wrong-types).',
    ...KINDS.flatMap((kind) => [`## ${CLASSES[kind]}`, table(['input', 'sent to', 'answer'], inputs(kind).map(row))]),
    '## Wrong types',
    `Generated from the OpenAPI document, so that a new field is tried by itself. Each field of each JSON body, at every depth, gets: ${VALUES.map(({ name }) => name).join(', ')}. Where the schema does not allow the type, the answer is 400 or 422, names the field and says one thing of it; it is never 5xx, and what is refused changes nothing. What is taken all the same, and why:`,
    table(
      ['field', 'takes', 'because'],
      EXCEPTIONS.map(({ field, takes, because }) => [`\`${field}\``, takes.join(', '), because]),
    ),
  ].join('\n\n')}\n`
}

function row({ name, to, status, says }: HostileInput): string[] {
  const answer = status === 0 ? 'none: nobody is there to read it' : `${status}${says ? ` …${says}…` : ''}`
  return [shown(name), `\`${to.length > 70 ? `${to.slice(0, 70)}…` : to}\``, shown(answer)]
}

/** Characters that no page shows stand as escapes. */
function shown(text: string): string {
  const escaped = text.replace(/[\p{Cc}\p{Cf}]/gu, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`)
  return escaped.replaceAll('|', '\\|').replaceAll('<', '&lt;')
}

function table(head: string[], rows: string[][]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}
