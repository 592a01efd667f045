/**
 * `npm run eval`: scores recorded storyboards, so that a change of the prompt or of the model can be compared with what was
 * before. With `--ask` it first has the model of XAI_MODEL write them anew, for XAI_API_KEY's money; `--prompt v1` asks with
 * another version of the prompt template than the newest.
 */
import { parseArgs } from 'node:util'
import { loadConfig } from '../runtime/environment.ts'
import { run } from '../runtime/main.ts'
import { askAll } from './eval/ask.ts'
import { readBriefs, readRecordings } from './eval/recordings.ts'
import { linesOf, renderTable } from './eval/table.ts'

run(async () => {
  const { values } = parseArgs({ options: { ask: { type: 'boolean' }, prompt: { type: 'string' } } })
  const briefs = await readBriefs()
  if (values.ask) {
    const { apiKey, ...xai } = loadConfig().xai
    if (!apiKey)
      throw new Error(
        'XAI_API_KEY is not set: --ask has a language model write storyboards. Set it, or leave --ask out.',
      )
    await askAll(briefs, { ...xai, apiKey, promptVersion: values.prompt }, console.log)
  }
  console.log(renderTable(await linesOf(briefs, await readRecordings())))
})
