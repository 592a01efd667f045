/** A real Prometheus, from Debian's package, that scrapes every second. */
import { spawn } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../../temporal/ports.ts'
import { ALERTS, type Query } from './queries.ts'

export type Prometheus = Awaited<ReturnType<typeof startPrometheus>>

interface Rule {
  name: string
  state: 'inactive' | 'pending' | 'firing'
  alerts: { annotations: { summary: string } }[]
}

/**
 * Its rules are ours, with their patience cut to seconds where they say minutes: else the check would take an hour.
 * @param targets host:port by scrape job
 */
export async function startPrometheus(folder: string, targets: Record<string, string>) {
  await mkdir(folder, { recursive: true })
  const rules = (await readFile(ALERTS, 'utf8')).replace(/for: \w+/g, 'for: 2s').replace(/\[(5m|10m)\]/g, '[20s]')
  await writeFile(path.join(folder, 'alerts.yml'), rules)
  const scrapes = Object.entries(targets).map(([job, target]) => ({
    job_name: job,
    static_configs: [{ targets: [target] }],
  }))
  const config = {
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: ['alerts.yml'],
    scrape_configs: scrapes,
  }
  // JSON is YAML.
  await writeFile(path.join(folder, 'prometheus.yml'), JSON.stringify(config))
  const port = await freePort(0)
  const url = `http://127.0.0.1:${port}`
  const flags = [`--config.file=${path.join(folder, 'prometheus.yml')}`, `--storage.tsdb.path=${folder}/data`]
  const child = spawn('prometheus', [...flags, `--web.listen-address=127.0.0.1:${port}`], { stdio: 'ignore' })
  const failed = new Promise<never>((_, reject) => child.once('error', reject))
  failed.catch(() => {})
  const ask = async <T>(at: string): Promise<T> => {
    const answer = (await (await fetch(url + at)).json()) as { status: string; data: T; error?: string }
    if (answer.status !== 'success') throw new Error(`Prometheus refuses ${at}: ${answer.error}`)
    return answer.data
  }
  const isReady = () =>
    fetch(`${url}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    )
  while (!(await Promise.race([isReady(), failed]))) await sleep(100)
  return {
    /** How many series a query returns now, without those that are no number. */
    async count({ expr }: Query): Promise<number> {
      const asked = `/api/v1/query?query=${encodeURIComponent(expr)}`
      const { result } = await ask<{ result: { value: [number, string] }[] }>(asked)
      return result.filter(({ value }) => value[1] !== 'NaN').length
    },
    async rules(): Promise<Rule[]> {
      const { groups } = await ask<{ groups: { rules: Rule[] }[] }>('/api/v1/rules')
      return groups.flatMap((group) => group.rules)
    },
    async stop() {
      child.kill('SIGTERM')
      await new Promise((resolve) => child.once('exit', resolve))
    },
  }
}
