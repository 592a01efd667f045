import type { Scene } from '../prisma/queries/jobs.ts'

/** Which scenes failed and why, and that the others are kept; null where none did. */
export function tellFailedScenes(scenes: Pick<Scene, 'position' | 'title' | 'state' | 'error'>[]): string | null {
  const failed = scenes.filter((scene) => scene.state === 'failed')
  if (failed.length === 0) return null
  const told = failed.map(({ position, title, error }) => {
    const name = title ? ` "${title}"` : ''
    return `Scene ${position + 1}${name} failed: ${error ?? 'no reason is known.'}`
  })
  const kept = scenes.filter((scene) => scene.state === 'completed').length
  return `${told.join(' ')}${kept > 0 ? ` ${kept === 1 ? 'One other scene is' : `${kept} other scenes are`} rendered and kept.` : ''}`
}
