/** What a film takes of time, memory and disk, beside ffmpeg doing the same in one command: one file a part in bench/media/. */
import { benchSound } from './media/sound.ts'

export async function benchMedia(): Promise<void> {
  await benchSound()
}
