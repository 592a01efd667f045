/** ffmpeg that takes no time: every file stays as it came, and a film is its first clip. */
import { copyFile, writeFile } from 'node:fs/promises'
import { framesOf, type Media } from '../../media/index.ts'

export function instantMedia(media: Media): Media {
  return {
    ...media,
    async conformClip({ profile, durationSeconds }) {
      return { frames: framesOf(durationSeconds, profile), durationSeconds, changed: false }
    },
    async thumbnail({ output }) {
      await writeFile(output, 'a picture')
    },
    async stitch({ clips, output }) {
      await copyFile(clips[0]?.path ?? '', output)
      const frames = clips.reduce((sum, clip) => sum + clip.frames, 0)
      return { frames, durationSeconds: 1, isAudible: false, loudnessProblem: null }
    },
    async bestStill() {
      return 0
    },
  } as Media
}
