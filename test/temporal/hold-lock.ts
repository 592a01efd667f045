/** A process that locks a data folder and holds it until it is killed. */
import { lockDataDir } from '../../temporal/lock.ts'

await lockDataDir(process.argv[2] ?? '')
console.log('locked')
setInterval(() => {}, 1000)
