/** How our time, memory and temporary bytes grow with the number of clips. */
import { makeClips } from './clips.ts'
import { measured } from './measure.ts'
import { finishFilm } from './ours.ts'
import { earlier, held } from './picture.ts'
import type { MediaRig } from './rig.ts'

const COUNTS = [8, 40, 100]

export async function benchGrowth({ tools, media, folder }: MediaRig): Promise<void> {
  console.log('\nclips of 6 s at 720p24 with crossfades and sound, last clip stored to film served')
  const profile = { width: 1280, height: 720, fps: { num: 24, den: 1 } }
  for (const count of COUNTS) {
    const making = { media, ffmpegPath: tools.ffmpegPath, folder }
    const material = await makeClips(making, { count, seconds: 6, profile })
    const transitions = await earlier(media, material, folder)
    const taken = await measured(folder, () => finishFilm(media, material, { transitions, folder }))
    const each = ((1000 * taken.seconds) / count).toFixed(0)
    console.log(`  ${count} clips: ${taken.seconds.toFixed(2)} s, ${each} ms a clip; at most ${held([taken])}`)
  }
}
