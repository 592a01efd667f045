import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, it } from 'vitest'
import { clusterSettings } from '../../scripts/cluster/settings.ts'

it('a cluster keeps to every setting of .env.example but where things are', async () => {
  const example = await readFile(path.join(import.meta.dirname, '../../.env.example'), 'utf8')
  const names = [...example.matchAll(/^#?([A-Z][A-Z_]+)=/gm)].flatMap(([, name]) => name ?? [])
  const told = Object.keys(clusterSettings(Object.fromEntries(names.map((name) => [name, 'x']))))
  // Money: what limits it must never be left out.
  for (const name of ['MAX_JOB_USD', 'DAILY_BUDGET_USD', 'SUBMIT_SETTLE']) expect(told).toContain(name)
  expect(names.filter((name) => !told.includes(name)).sort()).toEqual([
    ...['BLOB_STORE_URL', 'DATABASE_PATH', 'DATABASE_URL', 'DATA_DIR', 'HOST', 'PORT'],
    ...['TEMPORAL_ADDRESS', 'TEMPORAL_NAMESPACE', 'TEMPORAL_UI_URL', 'WORKER_METRICS_PORT'],
  ])
})

it('a cluster passes on nothing that is not ours', () => {
  expect(
    clusterSettings({ HOME: '/root', NODE_OPTIONS: '--inspect', AWS_SECRET_ACCESS_KEY: 'x', LOG_LEVEL: 'info' }),
  ).toEqual({
    LOG_LEVEL: 'info',
  })
})
