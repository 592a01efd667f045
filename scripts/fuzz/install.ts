/** Brings schemathesis, pinned with all that it needs, into an environment of its own in .cache. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { run } from '../../toolchain/executables.ts'
import { pythonWithPip } from '../../toolchain/wheel.ts'

const REQUIREMENTS = path.join(import.meta.dirname, 'requirements.txt')
const FOLDER = path.join(import.meta.dirname, '..', '..', '.cache', 'schemathesis')
/** Written last, with what was installed: an interrupted installation counts as none. */
const STAMP = path.join(FOLDER, 'installed.txt')

/**
 * @returns the Python that has it
 * @throws when there is no python3 with pip, or the packages can't be had
 */
export async function installSchemathesis(): Promise<string> {
  const python = path.join(FOLDER, 'bin', 'python')
  const wanted = await readFile(REQUIREMENTS, 'utf8')
  if ((await readFile(STAMP, 'utf8').catch(() => '')) === wanted) return python
  console.log('Installing schemathesis…')
  const pythonOfMachine = await pythonWithPip(process.env)
  await rm(FOLDER, { recursive: true, force: true })
  await mkdir(path.dirname(FOLDER), { recursive: true })
  // Without a pip of its own: Debian keeps what that takes in a package apart, and the machine's pip can do it.
  await run(pythonOfMachine, ['-m', 'venv', '--without-pip', FOLDER])
  const quiet = ['--quiet', '--no-input', '--disable-pip-version-check', '--only-binary=:all:']
  await run(pythonOfMachine, ['-m', 'pip', '--python', python, 'install', ...quiet, '--requirement', REQUIREMENTS], {
    timeout: 10 * 60_000,
  })
  await writeFile(STAMP, wanted)
  return python
}
