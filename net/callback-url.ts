/** Which URLs users may name to be called at. */
import net from 'node:net'
import { FetchRefused, hostAndPort } from './connect-safely.ts'
import { checkedUrl } from './fetch-safely.ts'
import { isPublicAddress } from './public-address.ts'

/**
 * What can be known of a callback URL without asking anyone; where a name leads is checked when it is connected to.
 * @param allowedPrivateHosts `host:port` that may be reached although private, and by http
 * @returns the URL in its normal form
 * @throws FetchRefused with a sentence
 */
export function checkCallbackUrl(url: string, allowedPrivateHosts: readonly string[]): string {
  const target = checkedUrl(url)
  if (allowedPrivateHosts.some((allowed) => allowed.toLowerCase() === hostAndPort(target))) return target.href
  if (target.protocol !== 'https:') {
    throw new FetchRefused('It must be an https URL; http is for hosts that ALLOWED_PRIVATE_HOSTS lists.')
  }
  const literal = target.hostname.replace(/^\[|\]$/g, '')
  if (target.hostname === 'localhost' || (net.isIP(literal) && !isPublicAddress(literal))) {
    throw new FetchRefused(
      `${target.hostname} is not a public address. List it with its port in ALLOWED_PRIVATE_HOSTS to allow it.`,
    )
  }
  return target.href
}
