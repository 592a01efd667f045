/** URLs that are public, and give what nobody wants. */
import { type HostileInput, json } from '../hostile-input.ts'
import { PLAYLIST, pixelBomb, SVG } from './bad-files.ts'

/** What the server outside has beside the usual. */
export const servedFiles = async (): Promise<Record<string, Buffer>> => ({
  '/film.mp4': PLAYLIST,
  '/logo.png': SVG,
  '/bomb.png': await pixelBomb(),
  '/page.jpg': Buffer.from('<!doctype html><title>Sign in</title>'),
})

const from = (path: string, name: string, says: string): HostileInput =>
  json('fetched', 'POST /api/v3/assets/from-url', name, { status: 400, says }, ({ outside }) => ({
    source_url: outside + path,
  }))

export const fetched: HostileInput[] = [
  from('/film.mp4', 'a playlist named .mp4', 'neither an image nor a video nor audio'),
  from('/logo.png', 'an SVG named .png', 'neither an image nor a video nor audio'),
  from('/page.jpg', 'a page named .jpg', 'neither an image nor a video nor audio'),
  from('/bomb.png', 'a pixel bomb', 'scale it down'),
  from('/announces-10-gb', '10 GB, announced', 'is larger than the 4000000 bytes'),
  from('/never-ends', 'bytes without end', 'is larger than the 4000000 bytes'),
  from('/cut', 'half a photo, then silence', "can't be reached"),
  from('/missing', 'nothing', 'answered 404'),
]
