/** Our workflow code as workers and replays take it: one file, bundled once for each state of the code. */
import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { bundleWorkflowCode, type WorkflowBundleOption } from '@temporalio/worker'
import { tracingNow } from '../telemetry/tracing.ts'

const root = path.join(import.meta.dirname, '..')
const workflowsPath = path.join(root, 'workflows', 'index.ts')
const folder = path.join(root, '.cache', 'workflows')
const tracingPath = path.join(root, 'workflows', 'tracing.ts')
const requestIdPath = path.join(root, 'workflows', 'request-id.ts')
/** All that goes into it: what workflows may import, and the versions of the SDK and its bundler. */
const SOURCES = ['workflows', 'domain', 'package-lock.json']

const bundles = new Map<boolean, Promise<WorkflowBundleOption>>()

/** What surrounds workflow code, as files: nothing of tracing is bundled where that is off. */
export function workflowInterceptorModules(traced: boolean): string[] {
  return traced ? [tracingPath, requestIdPath] : [requestIdPath]
}

/**
 * Bundling takes a second or more of CPU, so what it made is kept in .cache/workflows; where nothing can be written it is
 * made anew in each process.
 * @param traced whether it makes spans; as the process does unless given
 */
export function workflowBundle(traced = tracingNow() !== null): Promise<WorkflowBundleOption> {
  const bundle = bundles.get(traced) ?? readOrBundle(traced)
  bundles.set(traced, bundle)
  return bundle
}

async function readOrBundle(traced: boolean): Promise<WorkflowBundleOption> {
  const codePath = path.join(folder, `${await fingerprint()}${traced ? '-traced' : ''}.js`)
  if (await stat(codePath).catch(() => null)) return { codePath }
  const bundle = await bundleWorkflowCode({
    workflowsPath,
    workflowInterceptorModules: workflowInterceptorModules(traced),
  })
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
