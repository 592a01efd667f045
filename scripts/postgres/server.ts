/**
 * A PostgreSQL server of our own, in a folder that goes with it: for tests, benchmarks and new migrations. It is quick
 * because it would forget everything at a power cut, so nothing is kept in it; unless it is asked to write as a real one does.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, chown, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort, isAnswering } from '../../temporal/ports.ts'
import { findOnPath, run } from '../../toolchain/executables.ts'

const OLDEST_MAJOR = 15
const READY_WITHIN_MS = 30_000
const QUICK = { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' }

export interface PostgresServer {
  pid: number
  url(database: string): string
  stop(): Promise<void>
}

/**
 * @param isDurable whether a commit is on the disk when it returns, for who measures it
 * @throws Error in one sentence when PostgreSQL is not installed, or does not start
 */
export async function startPostgres({ isDurable = false } = {}): Promise<PostgresServer> {
  const programs = await findPrograms()
  const user = await unprivileged()
  const folder = await mkdtemp(path.join(tmpdir(), 'greenlight-postgres-'))
  if (user) await chown(folder, user.uid, user.gid)
  const data = path.join(folder, 'data')
  // Not the order of bytes: whoever relies on that here would meet another one elsewhere.
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=icu', '--icu-locale=en']
  await run(path.join(programs, 'initdb'), ['-D', data, '-U', 'greenlight', '--auth=trust', '--no-sync', ...locale], {
    ...user,
    cwd: folder,
    env: process.env,
  })
  const port = await freePort(0)
  const reached = { listen_addresses: '127.0.0.1', unix_socket_directories: '', max_connections: '200' }
  const settings = { ...(isDurable ? {} : QUICK), ...reached }
  const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const server = spawn(path.join(programs, 'postgres'), ['-D', data, '-p', String(port), ...options], {
    ...user,
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const killWithUs = () => server.kill('SIGQUIT')
  process.once('exit', killWithUs)
  await untilReady(server, port)
  return {
    pid: server.pid ?? 0,
    url: (database) => `postgresql://greenlight:trusted@127.0.0.1:${port}/${database}`,
    async stop() {
      process.off('exit', killWithUs)
      if (server.exitCode === null) {
        const ended = once(server, 'exit')
        server.kill('SIGINT')
        await ended
      }
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function untilReady(server: ChildProcess, port: number): Promise<void> {
  let said = ''
  server.stderr?.on('data', (chunk) => (said = `${said}${chunk}`.slice(-2_000)))
  const deadline = Date.now() + READY_WITHIN_MS
  while (!said.includes('ready to accept connections') || !(await isAnswering(port))) {
    if (server.exitCode !== null || Date.now() > deadline) throw new Error(`PostgreSQL did not start:\n${said}`)
    await sleep(20)
  }
}

/** The folder of initdb and postgres: the newest that Debian installs, which are not on PATH, else what is on PATH. */
async function findPrograms(): Promise<string> {
  const debian = '/usr/lib/postgresql'
  const majors = (await readdir(debian).catch(() => [])).map(Number).sort((a, b) => b - a)
  for (const major of majors) {
    const folder = path.join(debian, String(major), 'bin')
    if (major >= OLDEST_MAJOR && (await has(folder))) return folder
  }
  const onPath = await findOnPath('postgres', process.env)
  if (onPath && (await has(path.dirname(onPath)))) return path.dirname(onPath)
  throw new Error(
    `PostgreSQL ${OLDEST_MAJOR} or later is not installed, and the tests of it need its server: \`apt-get install postgresql\` brings it on Debian.`,
  )
}

const has = (folder: string) =>
  Promise.all(['initdb', 'postgres'].map((name) => access(path.join(folder, name)))).then(
    () => true,
    () => false,
  )

/** Whom it runs as: PostgreSQL refuses root. Undefined for ourselves. */
async function unprivileged(): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const users = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'))
  const [, , uid, gid] = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody') ?? []
  if (!uid || !gid) throw new Error('PostgreSQL does not run as root, and there is no user postgres or nobody.')
  return { uid: Number(uid), gid: Number(gid) }
}
