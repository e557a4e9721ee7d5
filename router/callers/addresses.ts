import { BlockList, isIP, isIPv6 } from 'node:net'

/** Whether an address is one of a set. */
export type AddressSet = (address: string) => boolean

/**
 * An address as we compare and log it: without brackets, port and zone, an IPv4 address that came in through an IPv6
 * socket as IPv4. Undefined for anything that is no address.
 */
export function plainAddress(text: string): string | undefined {
  const bare = /^\[([^\]]*)\](?::\d+)?$/.exec(text)?.[1] ?? text.replace(/^([\d.]+):\d+$/, '$1')
  const address = bare.split('%', 1)[0]?.replace(/^::ffff:(?=[\d.]+$)/i, '') ?? ''
  return isIP(address) ? address : undefined
}

/**
 * A set of addresses and networks (CIDR), of both families.
 *
 * @throws RangeError for an entry that is neither.
 */
export function createAddressSet(entries: readonly string[]): AddressSet {
  const list = new BlockList()
  for (const entry of entries) add(list, entry)
  return (text) => {
    const address = plainAddress(text)
    return address !== undefined && list.check(address, family(address))
  }
}

function add(list: BlockList, entry: string): void {
  const [start = '', prefix, ...rest] = entry.trim().split('/')
  const address = plainAddress(start)
  if (address === undefined || rest.length > 0) throw new RangeError(`${entry} is no address or network.`)
  if (prefix === undefined) {
    list.addAddress(address, family(address))
    return
  }
  // ::ffff:10.0.0.0/104 is 10.0.0.0/8.
  const bits = Number(prefix) - (address !== start && isIP(start) === 6 ? 96 : 0)
  const most = isIP(address) === 6 ? 128 : 32
  if (!/^\d{1,3}$/.test(prefix) || bits < 0 || bits > most)
    throw new RangeError(`${entry} is no address or network.`)
  list.addSubnet(address, bits, family(address))
}

const family = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4')

/** Whoever has one IPv6 address has the 2^64 around it. */
export function networkOf(address: string | null): string {
  if (address === null || !isIPv6(address)) return address ?? ''
  const [head = '', tail] = address.split('::')
  const groups = head === '' ? [] : head.split(':')
  const zeros = tail === undefined ? 0 : 8 - groups.length - (tail === '' ? 0 : tail.split(':').length)
  return [...groups, ...Array<string>(Math.max(0, zeros)).fill('0'), ...(tail?.split(':') ?? [])]
    .slice(0, 4)
    .join(':')
}
