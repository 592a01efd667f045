/** What the tests of assets share: the API, a server elsewhere with a photo, and short names for what is asked of both. */

import { readdir } from 'node:fs/promises'
import type http from 'node:http'
import path from 'node:path'
import { startTestApi } from '../support/test-api.ts'
import { startOriginServer } from './origin-server.ts'
import { jpeg } from './sample-files.ts'

export const MAX_UPLOAD_BYTES = 300_000
export const UNKNOWN = '00000000-0000-4000-8000-000000000000'

export type AssetApi = Awaited<ReturnType<typeof startAssetApi>>

export const fileOf = (bytes: Buffer, name: string) => new File([new Uint8Array(bytes)], name)

export async function startAssetApi() {
  const photo = await jpeg()
  const held: http.ServerResponse[] = []
  const origin = await startOriginServer((request, response) => {
    if (request.url?.startsWith('/held')) return void held.push(response)
    if (request.url?.startsWith('/photo')) return response.end(photo)
    if (request.url === '/page.jpg') return response.end('<html>not a photo</html>')
    response.writeHead(404).end()
  })
  const env = { MAX_UPLOAD_BYTES: String(MAX_UPLOAD_BYTES), ALLOWED_PRIVATE_HOSTS: origin.host }
  const api = await startTestApi(env)
  return {
    ...api,
    photo,
    /** Serves the photo under `/photo…`, and what is no photo at `/page.jpg`. */
    origin,
    /** Answers what was asked for under `/held…`, and has not been answered yet. */
    release: () => held.splice(0).forEach((response) => void response.end(photo)),

    async upload(file: Buffer, fields: Record<string, string> = {}, at = '/api/v3/assets', name = 'a.bin') {
      const form = new FormData()
      for (const [key, value] of Object.entries(fields)) form.set(key, value)
      form.set('file', fileOf(file, name))
      const response = await api.request(at, { method: 'POST', body: form })
      return { status: response.status, json: JSON.parse(await response.text()) }
    },

    async dataOf(asset: { url: string }): Promise<Buffer> {
      return Buffer.from(await (await api.request(asset.url)).arrayBuffer())
    },

    /** Files that are left where uploads are worked on. */
    leftovers: () => readdir(path.join(api.folder, 'incoming')),

    async close() {
      origin.close()
      await api.close()
    },
  }
}
