/** The figures of a worker, for Prometheus: its own and those of Temporal's SDK, under one address. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Registry } from 'prom-client'
import type { Figures } from '../telemetry/figures.ts'
import { processFigures } from '../telemetry/process-figures.ts'

export interface WorkerMetrics {
  url: string
  close(): Promise<void>
}

const ANSWER_WITHIN_MS = 5_000

/**
 * @param sdkFiguresUrl where the SDK has its own: it can only serve them by itself, so they are fetched from there
 * @throws Error with one sentence when the port is taken
 */
export async function serveWorkerMetrics(
  { host, port }: { host: string; port: number },
  figures: Figures,
  sdkFiguresUrl: string,
): Promise<WorkerMetrics> {
  const collect = async () => {
    const answer = await fetch(sdkFiguresUrl, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) })
    return (await Registry.merge([processFigures(), figures.registry]).metrics()) + (await answer.text())
  }
  const server = createServer((request, response) => {
    if (request.url?.split('?')[0] !== '/metrics') return response.writeHead(404).end('Figures are at /metrics.\n')
    collect().then(
      (text) => response.writeHead(200, { 'content-type': Registry.PROMETHEUS_CONTENT_TYPE }).end(text),
      (error: unknown) => response.writeHead(500).end(`The figures could not be collected: ${error}\n`),
    )
  })
  server.listen(port, host)
  await once(server, 'listening').catch((error: Error) => {
    throw new Error(
      `The worker's figures can't be served at ${host}:${port} (${error.message}): set WORKER_METRICS_PORT.`,
    )
  })
  // It must not keep a worker from ending.
  server.unref()
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}/metrics`,
    async close() {
      server.close()
      server.closeAllConnections()
    },
  }
}
