/** ffprobe comes with the dependencies, one package a platform. */
import { chmod, copyFile, mkdir, rename } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { isExecutable } from './executables.ts'

/**
 * The ffprobe of npm's @ffprobe-installer, made executable: the package leaves that to an install script, which is not run,
 * and which would let only the owner run it.
 * @throws when the package has none for this platform
 */
export async function ffprobeFromNpm(cacheDir: string): Promise<string> {
  const installer = createRequire(import.meta.url)('@ffprobe-installer/ffprobe') as { path: string; version: string }
  if (await isExecutable(installer.path)) return installer.path
  try {
    await chmod(installer.path, 0o755)
    return installer.path
  } catch {
    // node_modules belongs to another user: a copy of our own.
    const copy = path.join(cacheDir, `ffprobe-${installer.version}`, 'ffprobe')
    if (await isExecutable(copy)) return copy
    const temporary = `${copy}.${process.pid}`
    await mkdir(path.dirname(copy), { recursive: true })
    await copyFile(installer.path, temporary)
    await chmod(temporary, 0o755)
    await rename(temporary, copy)
    return copy
  }
}
