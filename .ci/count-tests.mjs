/**
 * Prints, last, "N passed, N failed, N skipped": vitest's tests, and the demo and the fuzzing as one more each.
 * Usage: node count-tests.mjs <vitest's JSON report> <the demo's exit code> <the fuzzing's>
 */
import { readFileSync } from 'node:fs'

const [report, ...exitCodes] = process.argv.slice(2)
let tests = { numPassedTests: 0, numFailedTests: 1, numPendingTests: 0, numTodoTests: 0, testResults: [] }
try {
  tests = JSON.parse(readFileSync(report, 'utf8'))
} catch {
  console.error(`The tests left no report at ${report}.`)
}
const skipped = tests.testResults
  .flatMap((file) => file.assertionResults)
  .filter((test) => test.status !== 'passed' && test.status !== 'failed')
for (const test of skipped) console.log(`skipped: ${test.fullName}`)
// A file that can't even be loaded has no failed test of its own.
const brokenFiles = tests.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0)
const commandsFailed = exitCodes.filter((code) => code !== '0').length
const passed = tests.numPassedTests + exitCodes.length - commandsFailed
const failed = tests.numFailedTests + brokenFiles.length + commandsFailed
console.log(`${passed} passed, ${failed} failed, ${tests.numPendingTests + tests.numTodoTests} skipped`)
if (failed > 0 || passed <= exitCodes.length) process.exit(1)
