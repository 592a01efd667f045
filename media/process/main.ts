/** The media process: runs the verbs for the one that started it, and ends with it. See start.ts. */
import { createMedia } from '../index.ts'
import type { Controls, MediaTools } from '../tools.ts'
import { type Call, failureOf, type Reply, type Request } from './messages.ts'

const tools = JSON.parse(process.argv[2] ?? '') as MediaTools
const running = new Map<number, AbortController>()

process.on('message', (request: Request) => {
  if ('abort' in request) running.get(request.abort)?.abort()
  else void run(request)
})

// Whoever started it is asked to end too, and lets what runs here come to its end first.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => {})

process.on('disconnect', () => {
  for (const controller of running.values()) controller.abort()
  endWhenIdle()
})

async function run({ call, verb, args, tellProgress }: Call): Promise<void> {
  const controller = new AbortController()
  running.set(call, controller)
  const onProgress = tellProgress ? (progress: number) => reply({ call, progress }) : undefined
  const media = createMedia({ ...tools, onRun: (news) => reply({ call, news }) })
  try {
    const value = await (media[verb] as (...args: unknown[]) => unknown)(
      ...withControls(args, { signal: controller.signal, onProgress }),
    )
    reply({ call, value })
  } catch (error) {
    reply({ call, failure: failureOf(error) })
  } finally {
    running.delete(call)
    endWhenIdle()
  }
}

/** A verb takes them in its last argument, which some may be called without. */
function withControls(args: unknown[], controls: Controls): unknown[] {
  const last = args.at(-1)
  return typeof last === 'object' ? [...args.slice(0, -1), { ...last, ...controls }] : [...args, controls]
}

function reply(message: Reply): void {
  // Nobody is there to be told when the other side has died; that it has is heard by 'disconnect'.
  if (process.connected) process.send?.(message, () => {})
}

function endWhenIdle(): void {
  if (!process.connected && running.size === 0) process.exit()
}
