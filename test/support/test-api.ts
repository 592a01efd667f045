/** The API over real HTTP, with a real database and a real blob store in a folder of its own. */
import { mkdtemp, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createAdaptorServer } from '@hono/node-server'
import { answerOnNode } from '../../api/answer-on-node.ts'
import { createApp } from '../../api/app.ts'
import type { ApiDeps } from '../../api/deps.ts'
import { readConfig } from '../../config.ts'
import { startMediaProcess } from '../../media/process/start.ts'
import { watchChanges } from '../../prisma/changes.ts'
import { openDatabase } from '../../prisma/client.ts'
import { createCampaign } from '../../prisma/queries/campaigns.ts'
import { createClient } from '../../prisma/queries/clients.ts'
import { createLog } from '../../runtime/log.ts'
import { openStore } from '../../storage/open-store.ts'
import { createFigures } from '../../telemetry/figures.ts'
import { findTool } from '../../toolchain/index.ts'
import { createTestDatabase } from './database.ts'

export type TestApi = Awaited<ReturnType<typeof startTestApi>>

/**
 * @param env the environment, without DATA_DIR
 * @param replaced what stands in for a part of the dependencies; routes that reach for `workflows` or `provider` need it
 */
export async function startTestApi(env: Record<string, string> = {}, replaced: Partial<ApiDeps> = {}) {
  const folder = await mkdtemp(path.join(tmpdir(), 'greenlight-api-'))
  const database = await createTestDatabase()
  const config = readConfig({ ...database.env, ...env, DATA_DIR: folder })
  const [ffmpeg, ffprobe] = await Promise.all([findTool('ffmpeg'), findTool('ffprobe')])
  const db = await openDatabase(config.database)
  const tempDir = path.join(folder, 'media')
  const mediaProcess = startMediaProcess({ ffmpegPath: ffmpeg.path, ffprobePath: ffprobe.path, tempDir })
  const logLines: string[] = []
  const log = createLog('info', { write: (line: string) => void logLines.push(line) })
  const deps = {
    config,
    db,
    changes: watchChanges(db),
    blobs: await openStore(config, log),
    media: mediaProcess.media,
    figures: createFigures(),
    log,
    ...replaced,
  } as ApiDeps
  const server = createAdaptorServer({ fetch: answerOnNode(createApp(deps)) })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  const request = (at: string, init?: RequestInit) => fetch(url + at, init)

  return {
    url,
    port,
    folder,
    server,
    deps,
    db,
    blobs: deps.blobs,
    logLines,
    request,

    /** Sends JSON, or nothing, and reads the JSON of the answer. */
    async call(method: string, at: string, body?: unknown, headers: Record<string, string> = {}) {
      const sent = body === undefined ? {} : { body: JSON.stringify(body) }
      const type = body === undefined ? {} : { 'content-type': 'application/json' }
      const response = await request(at, { method, ...sent, headers: { ...type, ...headers } })
      const text = await response.text()
      return { status: response.status, headers: response.headers, json: text === '' ? null : JSON.parse(text) }
    },

    /** A client with a campaign. */
    async campaign(name = 'Lakeside') {
      const client = await createClient(db, { name: 'Harbour Homes' })
      const campaign = await createCampaign(db, { name, clientId: client.id })
      return { client, campaign }
    },

    async close() {
      server.close()
      if ('closeAllConnections' in server) server.closeAllConnections()
      mediaProcess.close()
      deps.changes.close()
      deps.blobs.close()
      await db.$disconnect()
      await database.remove()
      await rm(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}
