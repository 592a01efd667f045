import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, it } from 'vitest'
import { startProcess } from '../support/process.ts'

it.each(['server.ts', 'scripts/start.ts'])(
  '%s does not listen beyond loopback without a key, and says what to set',
  async (script) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'greenlight-open-'))
    try {
      const env = { DATA_DIR: folder, HOST: '0.0.0.0', PORT: '0', TEMPORAL_ADDRESS: '127.0.0.1:1' }
      await expect(startProcess(script, env)).rejects.toThrow(
        /ended early:[\s\S]*set API_AUTH_KEY, or HOST=127\.0\.0\.1/,
      )
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
)
