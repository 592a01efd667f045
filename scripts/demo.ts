/**
 * `npm run demo`: the main job on real photographs, against the simulator: real HTTP clients, a real Temporal server,
 * real ffmpeg. It drives the API as any frontend would, and ends by naming the finished film.
 */
import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream } from 'node:stream/web'
import { destination, pino } from 'pino'
import { accepted, answerOf, createGreenlight } from '../client/index.ts'
import { readConfig } from '../config.ts'
import { run } from '../runtime/main.ts'
import { startAll } from '../runtime/start-all.ts'
import { startSimulator } from '../simulator/index.ts'
import { startEmbeddedTemporal } from '../temporal/embedded.ts'
import { lockDataDir } from '../temporal/lock.ts'
import { freePort } from '../temporal/ports.ts'
import { installRuntime } from '../temporal/workers.ts'
import { confirmApproval } from './demo/confirm.ts'
import { loadPhotos } from './demo/photos.ts'
import { showProgress, showStoryboard } from './demo/show.ts'

/** How the film is to look. */
const FORM = {
  title: 'Seven photographs, one film',
  price: 'Nothing to install',
  call_to_action: 'npm run demo',
  transition: 'auto',
}
const dataDir = path.resolve(process.env.DATA_DIR ?? path.join('.data', 'demo'))

run(async () => {
  await mkdir(dataDir, { recursive: true })
  const log = pino(destination(path.join(dataDir, 'demo.log')))
  installRuntime(log)
  // Whatever was started is stopped, in reverse order, also when what comes after it fails to start.
  await using started = new AsyncDisposableStack()
  started.defer(await lockDataDir(dataDir))
  const say = (line: string) => console.log(line)
  say('Starting the simulator of the paid models, a Temporal server, the worker and the API…')
  const simulator = await startSimulator({ dir: path.join(dataDir, 'simulator') })
  started.defer(() => simulator.stop())
  const temporal = await startEmbeddedTemporal({ dataDir, log: say })
  started.defer(() => temporal.stop())
  const port = await freePort(4000)
  const config = readConfig({
    DATA_DIR: dataDir,
    PORT: String(port),
    PUBLIC_BASE_URL: `http://127.0.0.1:${port}`,
    REPLICATE_API_KEY: 'simulator',
    REPLICATE_BASE_URL: `${simulator.url}/v1`,
    REPLICATE_WEBHOOK_URL: `http://127.0.0.1:${port}/api/webhooks/replicate`,
    XAI_API_KEY: 'simulator',
    XAI_BASE_URL: `${simulator.url}/v1`,
    AUTO_GENERATE_AUDIO: 'true',
  })
  const target = { address: temporal.address, namespace: temporal.namespace, named: true, security: {} }
  const greenlight = await startAll(config, log, target)
  started.defer(() => greenlight.stop())
  const api = createGreenlight({ url: greenlight.url })
  const { campaignId, photos } = await loadPhotos(api)
  say(`${photos} photos are in the campaign. Writing the storyboard…`)
  const wish = { campaign_id: campaignId, clip_duration: 4, num_pairs: 5, parameters: FORM }
  const job = await answerOf(api.jobs['from-image-pairs'].$post({ json: wish }))
  showStoryboard(job)
  if (temporal.uiUrl) say(`The job waits for approval; its workflow is in Temporal's UI: ${temporal.uiUrl}`)
  await confirmApproval()
  await answerOf(api.jobs[':id'].approve.$post({ param: { id: job.job_id }, json: { by: 'the demo' } }))
  await showProgress(api, job.job_id)
  const film = path.join(dataDir, `film-${job.job_id}.mp4`)
  const { body } = await accepted(api.videos[':job_id'].combined.$get({ param: { job_id: job.job_id } }))
  await pipeline(Readable.fromWeb(body as ReadableStream), createWriteStream(film))
  const bill = simulator.bill()
  say(`The simulator billed ${bill.count} predictions in all so far, $${bill.total_usd.toFixed(2)}.`)
  say(`The finished film: ${path.relative(process.cwd(), film)}`)
})
