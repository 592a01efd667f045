/** The same film by moviepy, which most tools of this kind use; installed from PyPI beside the tools. */
import { execFile } from 'node:child_process'
import { access } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { type Material, OVERLAP_SECONDS } from './clips.ts'

const VERSION = '2.2.1'
const VENV = path.join(import.meta.dirname, '..', '..', '.cache', `bench-moviepy-${VERSION}`)
const python = path.join(VENV, 'bin', 'python')
const run = promisify(execFile)

const SCRIPT = `
import sys
from moviepy import VideoFileClip, concatenate_videoclips, vfx, afx
overlap, output, *paths = sys.argv[1:]
overlap = float(overlap)
clips = [VideoFileClip(path) for path in paths]
faded = [clips[0]] + [clip.with_effects([vfx.CrossFadeIn(overlap), afx.AudioFadeIn(overlap)]) for clip in clips[1:]]
film = concatenate_videoclips(faded, method="compose", padding=-overlap)
film.write_videofile(output, codec="libx264", audio_codec="aac", preset="veryfast", ffmpeg_params=["-crf", "18"], logger=None)
`

/** @returns why it can't be had; null when it is there */
export async function installMoviepy(): Promise<string | null> {
  try {
    if (
      await access(path.join(VENV, 'ready')).then(
        () => true,
        () => false,
      )
    )
      return null
    await run('python3', ['-m', 'venv', VENV])
    await run(python, ['-m', 'pip', 'install', '--quiet', `moviepy==${VERSION}`])
    await run(python, ['-c', `import moviepy; open(${JSON.stringify(path.join(VENV, 'ready'))}, 'w').close()`])
    return null
  } catch (error) {
    return (error instanceof Error ? error.message : String(error)).trim().split('\n').at(-1) ?? 'no reason was given'
  }
}

export async function crossfadeByMoviepy(ffmpegPath: string, { clips }: Material, folder: string): Promise<void> {
  const paths = clips.map((clip) => clip.path)
  const args = ['-c', SCRIPT, String(OVERLAP_SECONDS), path.join(folder, 'moviepy.mp4'), ...paths]
  await run(python, args, { env: { ...process.env, FFMPEG_BINARY: ffmpegPath }, cwd: folder, maxBuffer: 1e8 })
}
