/** The baseline of bench/api.ts: Hono and nothing else, and for the film a plain stream of the same file. */
import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'

const { PORT = '0', FILES = '{}', JOB_JSON = '{}' } = process.env
const files: { asset: string; video: string } = JSON.parse(FILES)
const job = JSON.parse(JOB_JSON)

const app = new Hono()
app.get('/job', (c) => c.json(job))
app.get('/asset', async (c) =>
  c.body(new Uint8Array(await readFile(files.asset)), 200, { 'content-type': 'image/jpeg' }),
)
app.get('/metrics', (c) => {
  const { user, system } = process.cpuUsage()
  return c.text(`process_cpu_seconds_total ${(user + system) / 1e6}\n`)
})
const hono = getRequestListener(app.fetch)

const server = createServer((request, response) => {
  if (request.url === '/video') createReadStream(files.video).pipe(response)
  else hono(request, response)
})
server.listen(Number(PORT), '127.0.0.1', () => console.log('The bare server is ready .'))
process.on('SIGTERM', () => {
  server.closeAllConnections()
  server.close(() => process.exit(0))
})
