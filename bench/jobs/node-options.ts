/** A worker is measured as users run it: with the options that `npm run worker` gives Node. */
import packageJson from '../../package.json' with { type: 'json' }

const { worker } = packageJson.scripts
const command = worker.match(/^node (?<options>.*)scripts\/bootstrap\.mjs worker\.ts$/)
if (!command?.groups)
  throw new Error(`\`${worker}\`, the script of package.json, is not as expected here: what are Node's options in it?`)

export const NODE_OPTIONS_OF_WORKER = command.groups.options ?? ''
