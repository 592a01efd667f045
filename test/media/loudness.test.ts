import { describe, expect, it } from 'vitest'
import { PROFILE, rms, setUp } from './support.ts'

const { media, ffmpeg, at, loudness } = await setUp()

const SECONDS = 5
const FRAMES = 24 * SECONDS

/** What a film of one clip sounds like whose sound is that wave, an expression of ffmpeg's for the time t. */
async function filmOf(wave: string): Promise<string> {
  const picture = ['-f', 'lavfi', '-i', `testsrc2=s=320x180:r=24:d=${SECONDS}`]
  const sound = ['-f', 'lavfi', '-i', `aevalsrc='${wave}|${wave}':s=48000:d=${SECONDS}`]
  const h264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-profile:v', 'high', '-pix_fmt', 'yuv420p']
  const path = at('clip.mp4')
  await ffmpeg(...picture, ...sound, ...h264, '-c:a', 'aac', '-b:a', '256k', path)
  const [output, lossless] = [at('film.mp4'), at('film.flac')]
  const clip = at('conformed.mp4')
  const { changed } = await media.conformClip({ input: path, output: clip, profile: PROFILE, durationSeconds: SECONDS })
  await media.stitch({ clips: [{ path: changed ? clip : path, frames: FRAMES }], profile: PROFILE, output, lossless })
  return output
}

describe('the loudness of a film', () => {
  it.each([
    ['loud', '0.9*sin(2*PI*440*t)'],
    ['quiet', '0.006*sin(2*PI*440*t)*(1+0.3*sin(2*PI*3*t))'],
    ['dynamic', '0.03*sin(2*PI*220*t)+0.9*(2*random(0)-1)*lt(mod(t,0.5),0.02)'],
    ['clipped', 'clip(4*sin(2*PI*997*t)+(2*random(0)-1),-1,1)'],
  ])('is -14 LUFS with no true peak above -1 dBTP where the clips are %s', async (_, wave) => {
    const { integrated, truePeak } = await loudness(await filmOf(wave))
    expect(integrated).toBeGreaterThan(-15)
    expect(integrated).toBeLessThan(-13)
    expect(truePeak).toBeLessThanOrEqual(-1)
  })

  it('is not raised where there is hardly anything to hear', async () => {
    const { integrated } = await loudness(await filmOf('0.001*sin(2*PI*440*t)'))
    expect(integrated).toBeLessThan(-55)
  })

  it('stays nothing where the clips are silent', async () => {
    const film = await filmOf('0')
    expect((await loudness(film)).integrated).toBe(-70)
    expect((await media.probe(film)).audio?.durationSeconds).toBe(SECONDS)
  })

  it('fades out at the end', async () => {
    await filmOf('0.5*sin(2*PI*440*t)')
    const decoded = await ffmpeg('-i', at('film.mp4'), '-ac', '1', '-ar', '48000', '-f', 'f32le', '-')
    const heard = new Float32Array(decoded.buffer.slice(decoded.byteOffset, decoded.byteOffset + decoded.length))
    expect(rms(heard, SECONDS - 0.01, SECONDS)).toBeLessThan(0.1 * rms(heard, 1, 2))
  })
})
