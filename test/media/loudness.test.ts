import { describe, expect, it } from 'vitest'
import { PROFILE, rms, setUp } from './support.ts'

const { media, ffmpeg, at, loudness } = await setUp()

const SECONDS = 5
const FRAMES = 24 * SECONDS

/** A film of one clip whose sound is that wave, an expression of ffmpeg's for the time t. */
async function filmOf(wave: string): Promise<string> {
  await stitchOf(wave)
  return at('film.mp4')
}

async function stitchOf(wave: string) {
  const picture = ['-f', 'lavfi', '-i', `testsrc2=s=320x180:r=24:d=${SECONDS}`]
  const sound = ['-f', 'lavfi', '-i', `aevalsrc='${wave}|${wave}':s=48000:d=${SECONDS}`]
  const h264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-profile:v', 'high', '-pix_fmt', 'yuv420p']
  const path = at('clip.mp4')
  await ffmpeg(...picture, ...sound, ...h264, '-c:a', 'aac', '-b:a', '256k', path)
  const [output, lossless] = [at('film.mp4'), at('film.flac')]
  const clip = at('conformed.mp4')
  const { changed } = await media.conformClip({ input: path, output: clip, profile: PROFILE, durationSeconds: SECONDS })
  const clips = [{ path: changed ? clip : path, frames: FRAMES }]
  return media.stitch({ clips, profile: PROFILE, output, lossless })
}

describe('the loudness of a film', () => {
  it.each([
    ['loud', '0.9*sin(2*PI*440*t)'],
    ['quiet', '0.07*sin(2*PI*440*t)*(1+0.3*sin(2*PI*3*t))'],
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

  it('is raised by 12 dB at most where the clips only murmur', async () => {
    const { integrated } = await loudness(await filmOf('0.006*sin(2*PI*440*t)'))
    // 0.006 is -45.1 LUFS.
    expect(integrated).toBeGreaterThan(-34.1)
    expect(integrated).toBeLessThan(-32.1)
  })

  it('is said to be wrong where no gain gets there', async () => {
    const { loudnessProblem } = await stitchOf('0.9*lt(mod(t,2),0.0005)')
    const { integrated } = await loudness(at('film.mp4'))
    expect(integrated).toBeLessThan(-15)
    expect(loudnessProblem).toMatch(/^The sound came to -[\d.]+ LUFS .* LUFS was wanted\.$/)
  })

  it('is not said to be wrong where it is right', async () => {
    expect(await stitchOf('0.5*sin(2*PI*440*t)')).toMatchObject({ loudnessProblem: null })
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
