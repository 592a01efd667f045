/** A way to connect that refuses private addresses, checked where it counts: on the address that is connected to. */
import { lookup as resolve } from 'node:dns'
import net, { type LookupFunction } from 'node:net'
import { buildConnector } from 'undici'
import { isPublicAddress } from './public-address.ts'

/** Thrown for a URL that must not be fetched, or could not be; the message is a sentence for the user. */
export class FetchRefused extends Error {
  override readonly name = 'FetchRefused'
}

/**
 * @param allowedPrivateHosts `host:port` that may be connected to although private, as in ALLOWED_PRIVATE_HOSTS
 * @returns an undici connector. A name is resolved once and its checked addresses are the ones connected to, so a
 *   second answer of the name server changes nothing; a literal address, for which Node looks up nothing, is checked
 *   before.
 */
export function connectSafely(allowedPrivateHosts: readonly string[]): buildConnector.connector {
  const connectAnywhere = buildConnector({})
  const connectPublic = buildConnector({ lookup: lookUpPublic } as buildConnector.BuildOptions)
  return (options, callback) => {
    const { hostname } = options
    const asked = hostAndPort(options)
    if (allowedPrivateHosts.some((allowed) => allowed.toLowerCase() === asked)) {
      return connectAnywhere(options, callback)
    }
    const literal = hostname.replace(/^\[|\]$/g, '')
    if (net.isIP(literal) && !isPublicAddress(literal)) return callback(refused(hostname), null)
    return connectPublic(options, callback)
  }
}

const lookUpPublic: LookupFunction = (hostname, options, callback) => {
  resolve(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, '')
    const inward = addresses.some(({ address }) => !isPublicAddress(address))
    const [first] = addresses
    if (inward || !first) return callback(refused(hostname), '')
    return options.all ? callback(null, addresses) : callback(null, first.address, first.family)
  })
}

/** As ALLOWED_PRIVATE_HOSTS lists it: the port is always there. */
export function hostAndPort({
  hostname,
  protocol,
  port,
}: {
  hostname: string
  protocol?: string
  port?: string
}): string {
  return `${hostname}:${port || (protocol === 'https:' ? '443' : '80')}`.toLowerCase()
}

function refused(hostname: string): FetchRefused {
  return new FetchRefused(
    `${hostname} is not a public address. List it with its port in ALLOWED_PRIVATE_HOSTS to allow it.`,
  )
}
