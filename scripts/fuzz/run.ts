/** Runs schemathesis to its end and counts what it did. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Rows } from './rows.ts'

/** What is checked of every answer; the last two hold a wrong method to 405 with Allow. */
const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
  'ignored_auth',
  'unsupported_method',
  'allow_header_conformance',
]

export interface FuzzOptions {
  /** http://host:port */
  url: string
  key: string
  rows: Rows
  /** Cases that are made up for an operation, at most, beside those that follow from the document itself. */
  examples: number
  seed: number
  /** Of schemathesis, such as `coverage,fuzzing`. */
  phases: string
  /** For the report, and what schemathesis keeps. */
  folder: string
}

/** Of schemathesis's report what is read here. */
interface Report {
  test_cases: { generated: number; with_failures: number; errored: number }
  /** Operations that could not be tried at all. */
  errors: unknown[]
}

/**
 * @returns how many cases there were, and how many failed
 * @throws when schemathesis leaves no report
 */
export async function runSchemathesis(
  python: string,
  { url, key, rows, examples, seed, phases, folder }: FuzzOptions,
): Promise<{ cases: number; failed: number }> {
  const report = path.join(folder, 'schemathesis.json')
  const args = [
    ...['-m', 'schemathesis.cli', 'run', `${url}/api/openapi.json`, '--header', `X-API-Key: ${key}`],
    ...['--checks', CHECKS.join(','), '--phases', phases, '--max-examples', String(examples), '--seed', String(seed)],
    ...['--workers', '2', '--continue-on-failure', '--request-timeout', '30', '--generation-database', 'none'],
    ...['--suppress-health-check', 'all', '--warnings', 'off', '--report', 'json', '--report-json-path', report],
  ]
  const env = {
    ...process.env,
    PYTHONPATH: import.meta.dirname,
    PYTHONDONTWRITEBYTECODE: '1',
    SCHEMATHESIS_HOOKS: 'hooks',
    FUZZ_ROWS: JSON.stringify(rows),
  }
  const child = spawn(python, args, { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'], env })
  const [exitCode] = await once(child, 'exit')
  const { test_cases, errors } = JSON.parse(await readFile(report, 'utf8')) as Report
  const failed = test_cases.with_failures + test_cases.errored + errors.length
  // Whatever else it ends with counts as well.
  return { cases: test_cases.generated, failed: failed || (exitCode === 0 ? 0 : 1) }
}
