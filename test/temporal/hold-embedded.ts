/** A process that starts the embedded Temporal server, tells about it in one line of JSON, and lives until it is killed. */
import { startEmbeddedTemporal } from '../../temporal/embedded.ts'

const dataDir = process.argv[2] ?? ''
const { address, attached } = await startEmbeddedTemporal({ dataDir, port: 0, uiPort: null, log: () => {} })
console.log(JSON.stringify({ address, attached }))
setInterval(() => {}, 1000)
