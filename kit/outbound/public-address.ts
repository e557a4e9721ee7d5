import { type LookupOptions, lookup } from 'node:dns'
import type { LookupFunction } from 'node:net'
import ipaddr from 'ipaddr.js'

/** Whether an address is one of the public internet: not ours, not a neighbour's, not a disguise of either. */
export function isPublicAddress(address: string): boolean {
  try {
    // An IPv4 address within an IPv6 one is looked at as what it is.
    return ipaddr.process(address).range() === 'unicast'
  } catch {
    return false
  }
}

/**
 * Whether a URL that a stranger gave may be called at all: https on its usual port, without a login in it, and not to a
 * private address that is written out. Names are looked at when they are resolved, see {@link publicLookup}: who checks
 * only here is led to a name that means another address a moment later.
 */
export function isPublicHttps(text: string): boolean {
  // Also brings the many spellings of an address (127.1, 0x7f.1, 2130706433) to one.
  const url = URL.parse(text)
  if (url?.protocol !== 'https:' || url.port !== '' || url.username !== '' || url.password !== '')
    return false
  const host = url.hostname.replace(/^\[|\]$/g, '')
  return ipaddr.isValid(host) ? isPublicAddress(host) : host.includes('.')
}

/**
 * Resolves names to public addresses only; for `connect.lookup` of an undici agent. Not asked for addresses that are
 * written out.
 */
export const publicLookup: LookupFunction = (hostname, options, callback) => {
  const all: LookupOptions & { all: true } = { ...options, all: true }
  lookup(hostname, all, (error, addresses) => {
    const [first] = addresses ?? []
    if (error || !first) return callback(error ?? new Error('the name has no address'), '', 0)
    if (!addresses.every(({ address }) => isPublicAddress(address)))
      return callback(new Error('the name leads to a private address'), '', 0)
    if (options.all) callback(null, addresses)
    else callback(null, first.address, first.family)
  })
}
