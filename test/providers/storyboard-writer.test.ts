import { describe, expect, it } from 'vitest'
import { ProviderError, SceneTypesInvalid, StoryboardInvalid } from '../../providers/ports.ts'
import { orTemplate } from '../../providers/storyboard-writer.ts'
import { sampleBrief } from '../support/sample-brief.ts'

const noPhotos = () => Promise.reject(new Error('The template looks at no photo.'))
const failing = (error: Error) => orTemplate({ write: () => Promise.reject(error) })
const refusal = (retryAfterSeconds: number | null) =>
  new ProviderError({
    type: 'ProviderUnauthorized',
    message: 'x.ai did not accept the key. Check XAI_API_KEY.',
    retryAfterSeconds,
  })

describe('the template takes the place of a language model', () => {
  it.each([
    ['that only an operator can mend', refusal(null), 'x.ai did not accept the key. Check XAI_API_KEY.'],
    [
      'that writes nothing of use',
      new StoryboardInvalid('grok wrote none.\n- The answer is not JSON.'),
      'grok wrote none.',
    ],
  ])('%s, and says why', async (_, error, reason) => {
    const { scenes, source, note } = await failing(error).write(sampleBrief(), noPhotos)
    expect(scenes).toHaveLength(4)
    expect(source).toBe('template')
    expect(note).toBe(`The template wrote this storyboard, because the language model did not. ${reason}`)
  })

  it('that is away, but only once the job has waited long enough', async () => {
    const writer = failing(refusal(5))
    await expect(writer.write(sampleBrief(), noPhotos)).rejects.toThrow('XAI_API_KEY')
    expect((await writer.write(sampleBrief(), noPhotos, { isLate: true })).source).toBe('template')
  })

  it('not where the photos show what the job does not allow, nor where something of ours is broken', async () => {
    for (const error of [new SceneTypesInvalid(['cellar']), new Error('disk full')]) {
      await expect(failing(error).write(sampleBrief(), noPhotos, { isLate: true })).rejects.toBe(error)
    }
  })

  it('and not where it writes', async () => {
    const written = { scenes: [], source: 'grok-4' }
    const writer = orTemplate({ write: async () => written })
    expect(await writer.write(sampleBrief(), noPhotos)).toBe(written)
  })
})
