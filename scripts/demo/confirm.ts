/** Waits for a person at the approval; without one (`--yes`, or no terminal) it approves by itself. */
import { createInterface } from 'node:readline/promises'

export async function confirmApproval(): Promise<void> {
  if (process.argv.includes('--yes') || !process.stdin.isTTY) {
    console.log('Approving (--yes, or no terminal to ask).')
    return
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  await terminal.question('Press Enter to approve it, Ctrl+C to leave. ')
  terminal.close()
}
