import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Client } from '@guildhall/kit/context'
import { clientHeaders } from '@guildhall/kit/upstream'
import { createAddressSet, plainAddress } from './addresses.ts'

/** Tells where a request or a socket upgrade comes from. */
export type ClientReader = (request: IncomingMessage) => Client

/** What is not known of whom. */
export const unknownClient: Client = { address: null, userAgent: null }

const maxAgentLength = 300

/**
 * @param trustedProxies addresses and networks of the proxies in front of us. `X-Forwarded-For` is read from its end as
 *   long as they wrote it; what anybody else claims there is not looked at.
 */
export function createClientReader(trustedProxies: readonly string[] = []): ClientReader {
  const isProxy = createAddressSet(trustedProxies)
  return ({ socket, headers }) => {
    let address = addressOf(socket)
    const forwarded = trustedProxies.length > 0 ? headers['x-forwarded-for'] : undefined
    for (const hop of forwarded ? String(forwarded).split(',').reverse() : []) {
      if (address === undefined || !isProxy(address)) break
      const claimed = plainAddress(hop.trim())
      if (claimed === undefined) break
      address = claimed
    }
    return { address: address ?? null, userAgent: printable(headers['user-agent']) }
  }
}

const addresses = new WeakMap<Socket, string>()

/** Read once per connection, which may bring many requests. */
function addressOf(socket: Socket): string | undefined {
  const known = addresses.get(socket)
  if (known !== undefined) return known
  const address = plainAddress(socket.remoteAddress ?? '')
  // Before it is connected, and after it was destroyed, a socket has none.
  if (address !== undefined) addresses.set(socket, address)
  return address
}

const printable = (agent: string | undefined): string | null =>
  agent?.replace(/[^\x20-\x7e]/g, '').slice(0, maxAgentLength) || null

/** The headers that tell our subgraphs of the client. */
export const headersOf = ({ address, userAgent }: Client): Readonly<Record<string, string>> => ({
  ...(address ? { [clientHeaders.address]: address } : {}),
  ...(userAgent ? { [clientHeaders.userAgent]: userAgent } : {}),
})
