/** The providers of paid models, with every call counted, timed and traced. */
import type { Span } from '@opentelemetry/api'
import { SpanStatusCode } from '@opentelemetry/api'
import { type PredictionProvider, ProviderError, type StoryboardWriter } from '../providers/ports.ts'
import type { Figures } from './figures.ts'
import { inSpan } from './spans.ts'

export function watchProvider(provider: PredictionProvider, figures: Figures): PredictionProvider {
  const call = <T>(operation: string, work: () => Promise<T>) => watched(figures, { operation, model: '' }, work)
  return {
    create: (request, options) =>
      watched(
        figures,
        { operation: 'create', model: nameOf(request.model) },
        () => provider.create(request, options),
        (outcome) => (outcome.kind === 'refused' ? outcome.failure.type : outcome.kind),
      ),
    get: (id, options) => call('get', () => provider.get(id, options)),
    // Its pages are asked for one by one, by whoever goes through it.
    list: (since, options) => provider.list(since, options),
    cancel: (id, options) => call('cancel', () => provider.cancel(id, options)),
    upload: (file, options) => call('upload', () => provider.upload(file, options)),
    download: (url, options) => call('download', () => provider.download(url, options)),
    webhookSecret: () => call('webhook_secret', () => provider.webhookSecret()),
  }
}

/** @param model the language model's */
export function watchWriter(writer: StoryboardWriter, model: string, figures: Figures): StoryboardWriter {
  return {
    write: (brief, photos, options) =>
      watched(figures, { operation: 'storyboard', model }, () => writer.write(brief, photos, options)),
  }
}

/** Without the version, of which a model may have many. */
const nameOf = (model: string) => model.replace(/:.*$/, '')

function watched<T>(
  figures: Figures,
  { operation, model }: { operation: string; model: string },
  work: () => Promise<T>,
  outcomeOf: (result: T) => string = () => 'ok',
): Promise<T> {
  const attributes = { 'greenlight.operation': operation, ...(model && { 'greenlight.model': model }) }
  return inSpan(`provider ${operation}`, { kind: 'client', attributes }, async (span) => {
    const began = performance.now()
    let outcome = 'error'
    try {
      const result = await work()
      outcome = outcomeOf(result)
      return result
    } catch (error) {
      if (error instanceof ProviderError) outcome = error.failure.type
      throw error
    } finally {
      figures.called({ operation, model, outcome }, (performance.now() - began) / 1000)
      tell(span, outcome)
    }
  })
}

const WELL = ['ok', 'created']

function tell(span: Span, outcome: string): void {
  span.setAttribute('greenlight.outcome', outcome)
  if (!WELL.includes(outcome)) span.setStatus({ code: SpanStatusCode.ERROR, message: outcome })
}
