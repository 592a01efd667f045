/**
 * The dashboard against Grafana's own schema of dashboards. That comes from the types of @grafana/schema 13.2.3 (Dashboard), made
 * into JSON Schema by ts-json-schema-generator, without the descriptions.
 */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { DASHBOARD, dashboardQueries } from './queries.ts'

const read = async (file: string) => JSON.parse(await readFile(file, 'utf8'))
const grafana = z.fromJSONSchema(await read(path.join(import.meta.dirname, 'grafana-dashboard.schema.json')))
const dashboard = await read(DASHBOARD)

interface Placed {
  type: string
  gridPos: { x: number; y: number; w: number; h: number }
  targets?: unknown[]
}

describe('the dashboard', () => {
  it('is as Grafana’s schema says', () => {
    expect(grafana.safeParse(dashboard).error?.issues ?? []).toEqual([])
  })

  it('would be refused with a field that Grafana does not know, or a size that is no number', () => {
    const [panel, ...others] = dashboard.panels
    expect(grafana.safeParse({ ...dashboard, panles: [] }).success).toBe(false)
    const misplaced = { ...panel, gridPos: { ...panel.gridPos, h: 'tall' } }
    expect(grafana.safeParse({ ...dashboard, panels: [misplaced, ...others] }).success).toBe(false)
  })

  it('has no two panels in one place, and every panel of figures a query', async () => {
    const cells: string[] = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }: Placed) =>
      Array.from({ length: w * h }, (_, n) => `${x + (n % w)},${y + Math.floor(n / w)}`),
    )
    expect(new Set(cells).size).toBe(cells.length)
    const empty = dashboard.panels.filter(({ type, targets }: Placed) => type !== 'row' && !targets?.length)
    expect(empty).toEqual([])
    expect((await dashboardQueries('1m')).length).toBeGreaterThan(25)
  })
})
