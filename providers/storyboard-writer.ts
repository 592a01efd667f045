/** Who writes storyboards: the language model when there is a key for it, else the template. */
import type { Config } from '../config.ts'
import { boundedText } from '../domain/plain-text.ts'
import { ProviderError, StoryboardInvalid, type StoryboardWriter } from './ports.ts'
import { createTemplateWriter } from './storyboard-template.ts'
import { createXai } from './xai.ts'

export function createStoryboardWriter({ apiKey, baseUrl, model }: Config['xai']): StoryboardWriter {
  return apiKey ? createXai({ apiKey, baseUrl, model }) : createTemplateWriter()
}

/** In characters. */
const LONGEST_NOTE = 800

/**
 * A writer in whose place the template writes where it can't, and says so: a job is not lost to a key that only an operator can
 * mend, nor to a model that refuses (docs/decisions/0055-storyboards-by-a-language-model.md). What is over in a moment is
 * thrown, to be tried again, until the job has waited long enough.
 */
export function orTemplate(writer: StoryboardWriter): StoryboardWriter {
  const template = createTemplateWriter()
  return {
    async write(brief, photos, options = {}) {
      try {
        return await writer.write(brief, photos, options)
      } catch (error) {
        const reason = whyTemplate(error, options.isLate ?? false)
        if (reason === null) throw error
        const note = `The template wrote this storyboard, because the language model did not. ${reason}`
        return { ...(await template.write(brief, photos, options)), note: boundedText(note, LONGEST_NOTE) }
      }
    },
  }
}

/** Null where the error is not one that a template helps against, or not yet. */
function whyTemplate(error: unknown, isLate: boolean): string | null {
  if (error instanceof StoryboardInvalid) return firstLine(error.message)
  if (!(error instanceof ProviderError)) return null
  const isOver = error.failure.retryAfterSeconds !== null
  return isOver && !isLate ? null : firstLine(error.failure.message)
}

const firstLine = (text: string) => text.split('\n', 1)[0] ?? ''
