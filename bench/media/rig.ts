/** Tools, a media process as workers have one, and a folder, for the media benchmarks. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Media } from '../../media/index.ts'
import { startMediaProcess } from '../../media/process/start.ts'
import type { MediaTools } from '../../media/tools.ts'
import { findTool } from '../../toolchain/index.ts'

export interface MediaRig {
  tools: MediaTools
  media: Media
  /** Everything that is written goes into it. */
  folder: string
}

export async function withMediaRig(work: (rig: MediaRig) => Promise<void>): Promise<void> {
  const [{ path: ffmpegPath }, { path: ffprobePath }] = await Promise.all([findTool('ffmpeg'), findTool('ffprobe')])
  const folder = await mkdtemp(path.join(tmpdir(), 'greenlight-bench-'))
  const tools = { ffmpegPath, ffprobePath, tempDir: path.join(folder, 'temp') }
  const { media, close } = startMediaProcess(tools)
  try {
    await work({ tools, media, folder })
  } finally {
    close()
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}
