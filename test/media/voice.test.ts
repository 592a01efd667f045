import { describe, expect, it } from 'vitest'
import { placeVoices } from '../../domain/voice-over.ts'
import { PROFILE, rms, setUp } from './support.ts'

const { media, ffmpeg, at, clip, sound, loudness } = await setUp()

/** A tone that is heard for so many seconds, as quiet as a shy model. */
async function spoken(name: string, seconds: number, hz = 300): Promise<string> {
  await ffmpeg('-f', 'lavfi', '-i', `aevalsrc='0.03*sin(2*PI*${hz}*t)':s=24000:d=${seconds}`, at(`${name}.wav`))
  const output = at(`${name}.flac`)
  const kept = await media.keepVoice({ input: at(`${name}.wav`), output })
  expect(kept.seconds).toBeCloseTo(seconds, 3)
  return output
}

describe('keepVoice', () => {
  it('brings every voice to one loudness', async () => {
    expect((await loudness(await spoken('quiet', 2))).integrated).toBeCloseTo(-16, 0)
  })

  it('refuses one in which nothing is heard', async () => {
    await ffmpeg('-f', 'lavfi', '-i', 'anullsrc=r=24000', '-t', '1', at('silence.wav'))
    const keep = media.keepVoice({ input: at('silence.wav'), output: at('silence.flac') })
    await expect(keep).rejects.toMatchObject({ kind: 'unreadable' })
  })
})
