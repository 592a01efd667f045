/** What the tests noted of the API's answers: a file for each test file, rewritten whenever that runs. */
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'

const root = path.join(import.meta.dirname, '..', '..')
const folder = path.join(root, '.cache', 'api-answers')

export interface NotedAnswer {
  method: string
  path: string
  status: number
}

/** Where the answers that a test file got are noted. @param testFile from the root, such as test/api/auth.test.ts */
export const notesOf = (testFile: string) => path.join(folder, `${testFile.replaceAll(path.sep, '+')}.jsonl`)

/** Every answer with the test file that got it. @throws Error when no test has noted any */
export async function readNotes(): Promise<(NotedAnswer & { testFile: string })[]> {
  const files = await readdir(folder).catch(() => [])
  if (files.length === 0) throw new Error('The tests have noted no answers yet: run `npm test` first.')
  const notes = await Promise.all(
    files.sort().map(async (file) => {
      const testFile = file.replace(/\.jsonl$/, '').replaceAll('+', '/')
      const lines = (await readFile(path.join(folder, file), 'utf8')).split('\n').filter(Boolean)
      return lines.map((line) => ({ ...(JSON.parse(line) as NotedAnswer), testFile }))
    }),
  )
  return notes.flat()
}
