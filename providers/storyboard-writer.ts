/** Who writes storyboards: the language model when there is a key for it, else the template. */
import type { Config } from '../config.ts'
import type { StoryboardWriter } from './ports.ts'
import { createTemplateWriter } from './storyboard-template.ts'
import { createXai } from './xai.ts'

export function createStoryboardWriter({ apiKey, baseUrl, model }: Config['xai']): StoryboardWriter {
  return apiKey ? createXai({ apiKey, baseUrl, model }) : createTemplateWriter()
}
