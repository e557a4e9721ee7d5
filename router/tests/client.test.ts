import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { createAddressSet, plainAddress } from '../callers/addresses.ts'
import { startWorld, until, type World } from './support/world.ts'

/** What the subgraph was told of the client of the last operation. */
const told = ({ state }: World) => {
  const headers = state.headers.at(-1) ?? {}
  return [headers['x-client-address'], headers['x-client-agent']]
}

/** Asks over a socket that was opened with these headers. */
async function askOverSocket(world: World, headers: Record<string, string>): Promise<void> {
  const socket = new WebSocket(`${world.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
    headers,
  })
  await once(socket, 'open')
  const before = world.state.headers.length
  socket.send(JSON.stringify({ type: 'connection_init' }))
  await once(socket, 'message')
  socket.send(JSON.stringify({ id: 'q', type: 'subscribe', payload: { query: '{ me { id } }' } }))
  await until(() => world.state.headers.length > before)
  socket.terminate()
}

const spoofed = {
  'x-forwarded-for': '203.0.113.7, 198.51.100.9',
  forwarded: 'for=203.0.113.7',
  'x-real-ip': '203.0.113.7',
  'x-client-address': '203.0.113.7',
  'x-client-agent': 'somebody else',
  'x-guildhall-context': 'forged',
  'user-agent': `Tester/1 ${'x'.repeat(400)}`,
}

describe.each(['in-process', 'http'] as const)('subgraphs (%s) are told of the client', (transport) => {
  it('by the router alone: whatever a client says of itself has no effect', async () => {
    const world = await startWorld(transport)
    try {
      const seen = ['127.0.0.1', `Tester/1 ${'x'.repeat(291)}`]
      await world.post('{ me { id } }', { headers: spoofed })
      expect(told(world)).toEqual(seen)
      await askOverSocket(world, spoofed)
      expect(told(world)).toEqual(seen)
      expect(world.state.callers.at(-1)).toEqual({ kind: 'anonymous' })
    } finally {
      await world.close()
    }
  })

  it('as far as trusted proxies vouch for it', async () => {
    const world = await startWorld(transport, { trustedProxies: ['127.0.0.0/8', '198.51.100.9'] })
    try {
      const askedWith = async (forwarded: string) => {
        const headers = { 'x-forwarded-for': forwarded }
        await world.post('{ me { id } }', { headers })
        const overHttp = told(world)[0]
        await askOverSocket(world, headers)
        expect(told(world)[0]).toBe(overHttp)
        return overHttp
      }
      expect(await askedWith('203.0.113.7')).toBe('203.0.113.7')
      expect(await askedWith('192.0.2.1, 203.0.113.7')).toBe('203.0.113.7')
      expect(await askedWith('203.0.113.7, 198.51.100.9')).toBe('203.0.113.7')
      expect(await askedWith('203.0.113.7, nonsense')).toBe('127.0.0.1')
      expect(await askedWith('[2001:db8::1]:4711')).toBe('2001:db8::1')
      expect(await askedWith('::ffff:203.0.113.7')).toBe('203.0.113.7')
    } finally {
      await world.close()
    }
  })
})

describe('a set of addresses', () => {
  it('holds addresses and networks of both families', () => {
    const has = createAddressSet(['10.0.0.0/8', '192.0.2.1', '2001:db8::/32', '::1', '::ffff:172.16.0.0/108'])
    for (const inside of ['10.9.8.7', '192.0.2.1', '::ffff:10.1.1.1', '2001:db8:5::1', '::1', '172.16.3.4'])
      expect([inside, has(inside)]).toEqual([inside, true])
    for (const outside of ['11.0.0.1', '192.0.2.2', '2001:db9::1', '::2', '172.32.0.1', 'localhost', ''])
      expect([outside, has(outside)]).toEqual([outside, false])
  })

  it.each(['', 'localhost', '10.0.0.0/33', '10.0.0.0/x', '10.0.0.0/', '::/129', '10.0.0.0/8/8'])(
    'refuses %j',
    (entry) => {
      expect(() => createAddressSet([entry])).toThrow(RangeError)
    },
  )

  it('knows one address in all its spellings', () => {
    expect(
      ['1.2.3.4', '1.2.3.4:80', '::ffff:1.2.3.4', '[::1]:80', '[::1]', 'fe80::1%eth0', '1.2.3', 'x:80'].map(
        plainAddress,
      ),
    ).toEqual(['1.2.3.4', '1.2.3.4', '1.2.3.4', '::1', '::1', 'fe80::1', undefined, undefined])
  })
})
