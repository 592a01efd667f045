/**
 * A process that has no file descriptor left when it first needs its media process: `exhaust-media.ts <tools> <clip>`.
 * Prints what became of that call, and of one when it has some again.
 */
import { closeSync, openSync } from 'node:fs'
import { startMediaProcess } from '../../media/process/start.ts'

const [tools = '', clip = ''] = process.argv.slice(2)
const { media, close } = startMediaProcess(JSON.parse(tools))
const probed = () =>
  media.probe(clip).then(
    ({ container }) => container,
    (error: Error) => `${error.name}: ${error.message}`,
  )

const taken: number[] = []
try {
  for (;;) taken.push(openSync('/dev/null', 'r'))
} catch {
  // There are none left.
}
const first = probed()
for (const descriptor of taken) closeSync(descriptor)
console.log(JSON.stringify([await first, await probed()]))
close()
