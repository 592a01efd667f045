/** Asks a language model for the storyboards of all recorded briefs, and keeps what it answers first: without the repair. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import sharp from 'sharp'
import type { WritingExchange } from '../../domain/storyboard.ts'
import { createXai } from '../../providers/xai.ts'
import { type EvalBrief, keepRecording } from './recordings.ts'

const ROOT = path.join(import.meta.dirname, '..', '..')
/** As the activity that writes storyboards shows them. */
const LOOK_PIXELS = 1024

export async function askAll(
  briefs: EvalBrief[],
  options: { apiKey: string; baseUrl: string; model: string; promptVersion?: string },
  say: (line: string) => void,
): Promise<void> {
  const writer = createXai(options)
  for (const { name, brief, files } of briefs) {
    const exchanges: WritingExchange[] = []
    const look = async (id: string) =>
      sharp(await readFile(path.join(ROOT, files[id] ?? '')))
        .rotate()
        .resize(LOOK_PIXELS, LOOK_PIXELS, { fit: 'inside', withoutEnlargement: true })
        .flatten({ background: 'white' })
        .jpeg({ quality: 80 })
        .toBuffer()
    const record = (exchange: WritingExchange) => void exchanges.push(exchange)
    const failure = await writer.write(brief, look, { record }).then(
      () => null,
      (error: Error) => error,
    )
    const [first] = exchanges
    if (!first?.answer) throw failure ?? new Error(`${options.model} answered nothing to ${name}.`)
    const { hostname } = new URL(options.baseUrl)
    const kept = await keepRecording({
      ...{ brief: name, writer: options.model, prompt: first.promptVersion, answer: parsed(first.answer) },
      origin: ['127.0.0.1', 'localhost'].includes(hostname) ? 'simulator' : 'model',
    })
    say(`${name}: kept as ${kept}${first.problems.length > 0 ? ', not usable as it is' : ''}`)
  }
}

/** What is JSON is kept as JSON, which people can read. */
function parsed(answer: string): unknown {
  try {
    return JSON.parse(answer)
  } catch {
    return answer
  }
}
