/** Tells an address on the public internet from one that leads inward. */
import ipaddr from 'ipaddr.js'

/**
 * Whether `address` is an ordinary public one: not loopback, private, link-local, carrier-grade, multicast or reserved,
 * and not an IPv6 one that carries an IPv4 address which a gateway would unwrap. An IPv4-mapped one counts as the IPv4
 * address that it is.
 * @param address as DNS or a URL gives it, without brackets
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false
  const parsed = ipaddr.process(address)
  if (parsed.range() !== 'unicast') return false
  // 2000::/3 is all that is assigned for global unicast (IANA); the rest holds old forms such as ::127.0.0.1.
  return parsed.kind() === 'ipv4' || parsed.match(ipaddr.parseCIDR('2000::/3'))
}
