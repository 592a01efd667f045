/** A process that has a clip conformed in its media process, to be killed: `hold-media.ts <tools> <request>`, both JSON. */
import { startMediaProcess } from '../../media/process/start.ts'

const [tools = '', request = ''] = process.argv.slice(2)
const { media } = startMediaProcess(JSON.parse(tools))
await media.conformClip({ ...JSON.parse(request), onProgress: (fraction) => console.log(fraction) })
