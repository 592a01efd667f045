import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import { clientOf, VEO } from './support.ts'

it('npm run simulator says where it listens, and leaves nothing behind', async () => {
  const temporary = await mkdtemp(path.join(tmpdir(), 'simulator-main-'))
  onTestFinished(() => rm(temporary, { recursive: true, force: true }))
  const faults = JSON.stringify([{ fault: { kind: 'hang' } }])
  const child = spawn(process.execPath, [fileURLToPath(new URL('../../simulator/main.ts', import.meta.url))], {
    env: { ...process.env, SIMULATOR_PORT: '0', SIMULATOR_FAULTS: faults, TMPDIR: temporary },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [line] = await once(child.stdout.setEncoding('utf8'), 'data')
  const baseUrl = /REPLICATE_BASE_URL=(\S+)\/v1 XAI_BASE_URL=\S+ REPLICATE_API_KEY=\S+/.exec(line)?.[1]
  expect((await clientOf({ url: String(baseUrl) }).predictions.create(VEO)).status).toBe('starting')
  child.kill('SIGTERM')
  expect(await once(child, 'exit')).toEqual([0, null])
  expect(await readdir(temporary)).toEqual([])
})
