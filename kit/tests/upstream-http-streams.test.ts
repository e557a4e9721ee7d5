import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ExecutionResult } from 'graphql'
import { handleProtocols } from 'graphql-ws'
import { afterEach, describe, expect, it } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { ServiceUnavailable } from '../errors.ts'
import { createHttpUpstream, type HttpUpstreamOptions } from '../upstream-http.ts'

const closers: (() => Promise<unknown> | unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

interface Frame {
  id?: string
  type: string
  payload?: unknown
}

/** A graphql-ws server whose every frame is written by the test. */
async function socketSubgraph(options: Partial<HttpUpstreamOptions> = {}) {
  const sockets = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols })
  await new Promise((resolve) => sockets.once('listening', resolve))
  const { port } = sockets.address() as AddressInfo
  const upstream = createHttpUpstream({ url: `http://127.0.0.1:${port}/graphql`, name: 'toy', ...options })
  const frames: Frame[] = []
  const open: WebSocket[] = []
  const upgrades: IncomingMessage['headers'][] = []
  sockets.on('connection', (socket, request) => {
    open.push(socket)
    upgrades.push(request.headers)
    socket.on('message', (data) => {
      const frame = JSON.parse(String(data)) as Frame
      frames.push(frame)
      if (frame.type === 'connection_init') socket.send('{"type":"connection_ack"}')
    })
  })
  closers.push(upstream.close, () => {
    for (const socket of open) socket.terminate()
    sockets.close()
  })
  const wait = async (count: number, type: string) => {
    const matching = () => frames.filter((frame) => frame.type === type)
    while (matching().length < count) await new Promise((resolve) => setTimeout(resolve, 5))
    return matching()
  }
  const send = (frame: Frame, socket = open.at(-1)) => socket?.send(JSON.stringify(frame))
  return { upstream, frames, open, upgrades, wait, send }
}

describe('subscribe', () => {
  it('sends with the operation what an operation over HTTP has as headers', async () => {
    const { upstream, wait } = await socketSubgraph()
    const stream = upstream.subscribe({
      query: 'subscription { a }',
      context: 'one',
      headers: {
        'x-request-id': 'r',
        'x-client-address': '192.0.2.1',
        'x-client-agent': 'A',
        'x-other': 'kept back',
      },
    })
    const [frame] = await wait(1, 'subscribe')
    expect(frame?.payload).toEqual({
      query: 'subscription { a }',
      extensions: {
        context: 'one',
        headers: { 'x-request-id': 'r', 'x-client-address': '192.0.2.1', 'x-client-agent': 'A' },
      },
    })
    await stream.return?.()
  })

  it('shares one socket, sends the context with the operation, and tells the subgraph when it ends', async () => {
    const { upstream, open, wait, send } = await socketSubgraph()
    const first = upstream.subscribe({ query: 'subscription { a }', context: 'one', variables: { x: 1 } })
    const second = upstream.subscribe({ query: 'subscription { b }', context: 'two', operationName: 'B' })
    const [a, b] = await wait(2, 'subscribe')
    expect(open).toHaveLength(1)
    expect([a?.payload, b?.payload]).toEqual([
      { query: 'subscription { a }', variables: { x: 1 }, extensions: { context: 'one' } },
      { query: 'subscription { b }', operationName: 'B', extensions: { context: 'two' } },
    ])
    send({ id: b?.id ?? '', type: 'next', payload: { data: { b: 1 } } })
    expect(await second.next()).toEqual({ done: false, value: { data: { b: 1 } } })
    const parked = first.next()
    await first.return?.()
    expect(await parked).toEqual({ done: true, value: undefined })
    expect((await wait(1, 'complete')).map(({ id }) => id)).toEqual([a?.id])
    send({ id: b?.id ?? '', type: 'complete' })
    expect(await second.next()).toEqual({ done: true, value: undefined })
  })

  it('gives a refused operation as a result that ends the stream', async () => {
    const { upstream, wait, send } = await socketSubgraph()
    const stream = upstream.subscribe({ query: 'subscription { a }' })
    const [frame] = await wait(1, 'subscribe')
    send({ id: frame?.id ?? '', type: 'error', payload: [{ message: 'no' }] })
    expect(await stream.next()).toEqual({ done: false, value: { errors: [{ message: 'no' }] } })
    expect(await stream.next()).toEqual({ done: true, value: undefined })
  })

  it.each([1000, 1001, 1012, 4500, 'lost'] as const)(
    'fails all streams when the socket goes (%s) and reconnects for new ones only',
    async (how) => {
      const { upstream, open, wait } = await socketSubgraph()
      const streams = ['a', 'b'].map((field) => upstream.subscribe({ query: `subscription { ${field} }` }))
      const failed = streams.map((stream) => stream.next().catch((error: unknown) => error))
      await wait(2, 'subscribe')
      if (how === 'lost') open[0]?.terminate()
      else open[0]?.close(how, 'bye')
      for (const error of await Promise.all(failed)) expect(error).toBeInstanceOf(ServiceUnavailable)
      expect(open).toHaveLength(1)
      void upstream.subscribe({ query: 'subscription { c }' }).next()
      await wait(3, 'subscribe')
      expect(open).toHaveLength(2)
    },
  )

  it('fails all streams of a subgraph that swallows pings, and none of one that answers them', async () => {
    const { upstream, open, frames, wait, send } = await socketSubgraph({ pingMs: 50, pongWaitMs: 800 })
    const parked = upstream.subscribe({ query: 'subscription { a }' }).next()
    const failed = parked.catch((error: unknown) => error)
    // Together they take longer than an answer may.
    const pings = 20
    for (let sent = 1; sent < pings; sent++) {
      await wait(sent, 'ping')
      send({ type: 'pong' })
    }
    await wait(pings, 'ping')
    const closed = new Promise((resolve) => open[0]?.once('close', resolve))
    expect(await failed).toBeInstanceOf(ServiceUnavailable)
    expect(frames.filter(({ type }) => type === 'ping')).toHaveLength(pings)
    // The code with which graphql-ws gives up a peer.
    expect(await closed).toBe(4499)
  })

  it('cuts a stream that is not read, and tells the subgraph', async () => {
    const { upstream, wait, send } = await socketSubgraph()
    const stream = upstream.subscribe({ query: 'subscription { a }' })
    const [frame] = await wait(1, 'subscribe')
    for (let i = 0; i < 1_001; i++) send({ id: frame?.id ?? '', type: 'next', payload: { data: { a: i } } })
    await wait(1, 'complete')
    const results: ExecutionResult[] = []
    const error = await (async () => {
      for await (const result of stream) results.push(result)
      return undefined
    })().catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(ServiceUnavailable)
    expect(results).toEqual([])
  })

  it('opens a socket per forwarded authorization', async () => {
    const { upstream, frames, upgrades, wait } = await socketSubgraph()
    for (const authorization of ['Bearer x', 'Bearer y', 'Bearer x']) {
      void upstream.subscribe({ query: 'subscription { a }', headers: { authorization } }).next()
    }
    await wait(3, 'subscribe')
    expect(upgrades.map(({ authorization }) => authorization)).toEqual(['Bearer x', 'Bearer y'])
    expect(frames.filter(({ type }) => type === 'connection_init').map(({ payload }) => payload)).toEqual([
      { authorization: 'Bearer x' },
      { authorization: 'Bearer y' },
    ])
  })

  it('ends its streams and sockets when it is closed', async () => {
    const { upstream, open, wait } = await socketSubgraph()
    const parked = upstream.subscribe({ query: 'subscription { a }' }).next()
    await wait(1, 'subscribe')
    const closed = new Promise((resolve) => open[0]?.once('close', resolve))
    await upstream.close()
    expect(await parked).toEqual({ done: true, value: undefined })
    expect(await closed).toBe(1000)
  })
})
