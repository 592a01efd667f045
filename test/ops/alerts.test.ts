/** The alert rules by promtool, where there is one: PROMTOOL_PATH, or on PATH (Debian's package `prometheus` has it). */
import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { findOnPath } from '../../toolchain/executables.ts'

const folder = path.join(import.meta.dirname, '..', '..', 'ops', 'prometheus')
const promtool = process.env.PROMTOOL_PATH || (await findOnPath('promtool', process.env))
const ask = (...args: string[]) => promisify(execFile)(promtool ?? '', args, { cwd: folder })

describe.skipIf(!promtool)('the alert rules', () => {
  it('fire when their tests say so, and not before', async () => {
    expect((await ask('test', 'rules', 'alerts.test.yml')).stdout).toContain('SUCCESS')
  })

  it('are what Prometheus takes, with the file that scrapes', async () => {
    expect((await ask('check', 'config', '--syntax-only', 'prometheus.yml')).stdout).toContain('SUCCESS')
    expect((await ask('check', 'rules', 'alerts.yml')).stdout).toContain('SUCCESS')
  })
})
