/** Our workflow code as workers and replays take it: one file, bundled once for each state of the code. */
import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { bundleWorkflowCode, type WorkflowBundleOption } from '@temporalio/worker'

const root = path.join(import.meta.dirname, '..')
const workflowsPath = path.join(root, 'workflows', 'index.ts')
const folder = path.join(root, '.cache', 'workflows')
/** All that goes into it: what workflows may import, and the versions of the SDK and its bundler. */
const SOURCES = ['workflows', 'domain', 'package-lock.json']

let bundled: Promise<WorkflowBundleOption> | undefined

/**
 * Bundling takes a second or more of CPU, so what it made is kept in .cache/workflows; where nothing can be written it is
 * made anew in each process.
 */
export function workflowBundle(): Promise<WorkflowBundleOption> {
  bundled ??= readOrBundle()
  return bundled
}

async function readOrBundle(): Promise<WorkflowBundleOption> {
  const codePath = path.join(folder, `${await fingerprint()}.js`)
  if (await stat(codePath).catch(() => null)) return { codePath }
  const bundle = await bundleWorkflowCode({ workflowsPath })
  try {
    await mkdir(folder, { recursive: true })
    const temporary = path.join(folder, randomUUID())
    await writeFile(temporary, bundle.code)
    await rename(temporary, codePath)
    return { codePath }
  } catch {
    return bundle
  }
}

async function fingerprint(): Promise<string> {
  const hash = createHash('sha256')
  for (const source of SOURCES) {
    for (const file of await filesOf(path.join(root, source))) hash.update(file).update(await readFile(file))
  }
  return hash.digest('hex').slice(0, 32)
}

async function filesOf(source: string): Promise<string[]> {
  if ((await stat(source)).isFile()) return [source]
  const names = await readdir(source)
  return names
    .filter((name) => name.endsWith('.ts'))
    .sort()
    .map((name) => path.join(source, name))
}
