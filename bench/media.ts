/**
 * What making the film takes once its clips are there, one file a part in bench/media/. Ours and plain ffmpeg take turns in the same run, with the same
 * ffmpeg and the same encoder settings, and medians are compared. `-- media --large` does it for 40 clips of 8 s at
 * 1080p, whose plain encoding takes minutes.
 */
import { benchGrowth } from './media/growth.ts'
import { benchPicture } from './media/picture.ts'
import { withMediaRig } from './media/rig.ts'
import { benchSound } from './media/sound.ts'

const SMALL = { count: 8, seconds: 6, width: 1280, height: 720 }
const LARGE = { count: 40, seconds: 8, width: 1920, height: 1080 }

export async function benchMedia(options: string[]): Promise<void> {
  await withMediaRig(async (rig) => {
    if (options.includes('--large')) return benchPicture(rig, LARGE, { turns: 1, moviepy: false })
    await benchPicture(rig, SMALL, { turns: 3, moviepy: true })
    await benchGrowth(rig)
  })
  if (!options.includes('--large')) await benchSound()
}
