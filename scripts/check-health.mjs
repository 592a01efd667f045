/** For the Dockerfile's HEALTHCHECK: whether this container's process answers; a worker does where it serves its figures. */
const { PORT = '4000', WORKER_METRICS_PORT } = process.env
const url = WORKER_METRICS_PORT ? `http://127.0.0.1:${WORKER_METRICS_PORT}/metrics` : `http://127.0.0.1:${PORT}/healthz`
const response = await fetch(url, { signal: AbortSignal.timeout(4_000) }).catch((error) => error.cause ?? error)
if (!response.ok) {
  console.error(`${url}: ${response.status ?? response.message}`)
  process.exitCode = 1
}
