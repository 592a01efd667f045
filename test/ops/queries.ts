/** The dashboard, its queries, and the alert rules. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'

const ops = path.join(import.meta.dirname, '..', '..', 'ops')
export const ALERTS = path.join(ops, 'prometheus', 'alerts.yml')
export const DASHBOARD = path.join(ops, 'grafana', 'greenlight.json')

export interface Query {
  name: string
  expr: string
}

interface Panel {
  title: string
  targets?: { expr: string }[]
}

/** As Grafana sends them: with the ranges of its variables filled in. */
export async function dashboardQueries(range: string): Promise<Query[]> {
  const { panels } = JSON.parse(await readFile(DASHBOARD, 'utf8')) as { panels: Panel[] }
  return panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }) => ({ name: title, expr: expr.replaceAll('$__rate_interval', range) })),
  )
}
