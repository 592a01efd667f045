import { describe, expect, it } from 'vitest'
import { classifyPredictionError } from '../../providers/failures.ts'

describe('the error of a failed prediction', () => {
  it.each([
    'The input or output was flagged as sensitive. Please try again with different inputs. (E005) (uIJ6l3ruRD)',
    "Veo could not generate videos because the input image violates Vertex AI's usage guidelines. Support codes: 15236754",
    'output new_sensitive (1027)',
    'NSFW content detected. Try running it again, or try a different prompt.',
  ])('is moderation: %s', (text) => {
    const { type, sentence } = classifyPredictionError(text)
    expect(type).toBe('moderation')
    expect(sentence).toContain(text)
    expect(sentence).toContain('Change the prompt')
  })

  it.each([
    'Prediction interrupted; please retry (code: PA)',
    'Director: unexpected error handling prediction (E9828)',
    'Timeout starting prediction (E6716)',
    'Service is temporarily unavailable due to high demand. Please try again later. (E003)',
    'Failed to fetch the output: connection aborted (E9825)',
  ])('is an interruption: %s', (text) => {
    expect(classifyPredictionError(text)).toMatchObject({
      type: 'interrupted',
      sentence: expect.stringContaining('Retry'),
    })
  })

  it.each([
    '502 Server Error: Bad Gateway for url: https://films.example.com/api/v3/assets/1/data?t=x&scene=2',
    '503 Server Error: Service Temporarily Unavailable for url: https://films.example.com/api/v3/assets/1/data',
    '429 Client Error: Too Many Requests for url: https://films.example.com/api/v3/assets/1/data',
    '500 Server Error: Internal Server Error for url: https://films.example.com/api/v3/audio/segments/x',
    'HTTPSConnectionPool(host=films.example.com, port=443): Max retries exceeded with url: /api/v3/assets/1/data',
  ])('is that our pictures could not be fetched: %s', (text) => {
    expect(classifyPredictionError(text).type).toBe('unfetchable')
  })

  it.each([
    '404 Client Error: Not Found for url: https://films.example.com/x',
    '502 Server Error: Bad Gateway for url: https://backend.of-the-model.example/v1/infer',
    '503 Server Error: Service Temporarily Unavailable for url: https://backend.of-the-model.example/v1/infer',
    '429 Client Error: Too Many Requests for url: https://backend.of-the-model.example/v1/infer',
    'CUDA out of memory (E1001)',
    'Error starting prediction (E9243)',
    'division by zero',
    '',
    null,
  ])('is neither: %s', (text) => {
    expect(classifyPredictionError(text).type).toBe('other')
  })

  it('is cut short in the sentence when it is a whole traceback', () => {
    expect(classifyPredictionError('x'.repeat(10_000)).sentence.length).toBeLessThan(600)
  })
})
