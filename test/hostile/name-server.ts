/**
 * Loaded into the server's process before its own code (`--import`): names under `.test` are answered here, as a hostile
 * name server would, and the public address that stands in those answers can't be connected to.
 */
import dns, { type LookupAddress } from 'node:dns'
import { syncBuiltinESMExports } from 'node:module'
import net, { BlockList } from 'node:net'

const PUBLIC = '1.1.1.1'
const INWARD = '127.0.0.1'

/** What a name is answered, question by question; the last answer stays. */
const ANSWERS: Record<string, string[][]> = {
  'inward.test': [[INWARD]],
  'inward6.test': [['::1']],
  'mapped.test': [['::ffff:7f00:1']],
  'private.test': [['10.0.0.1']],
  'mixed.test': [[PUBLIC, INWARD]],
  'rebind.test': [[PUBLIC], [INWARD]],
}
const asked = new Map<string, number>()

type Callback = (error: Error | null, found: LookupAddress[]) => void
const realLookup = dns.lookup as (name: string, options: object, callback: Callback) => void
const lookup = (name: string, options: object, callback: Callback) => {
  const answers = ANSWERS[name]
  if (!answers) return realLookup(name, options, callback)
  const count = asked.get(name) ?? 0
  asked.set(name, count + 1)
  const found = answers[Math.min(count, answers.length - 1)] ?? []
  callback(
    null,
    found.map((address) => ({ address, family: net.isIP(address) })),
  )
}

const unreachable = new BlockList()
unreachable.addAddress(PUBLIC)
const realConnect = net.connect as (options: net.NetConnectOpts, ...rest: unknown[]) => net.Socket
const connect = (options: net.NetConnectOpts, ...rest: unknown[]) =>
  typeof options === 'object'
    ? realConnect({ ...options, blockList: unreachable } as net.NetConnectOpts, ...rest)
    : realConnect(options, ...rest)

Object.assign(dns, { lookup })
Object.assign(net, { connect })
syncBuiltinESMExports()
