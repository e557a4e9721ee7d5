import { describe, expect, it } from 'vitest'
import { note } from './support/toy-subgraphs.ts'
import { startWorld, until } from './support/world.ts'

describe('a lost upstream', () => {
  it.each([undefined, 1000, 1001])(
    'ends client streams with SERVICE_UNAVAILABLE, never silently (close code %s)',
    async (code) => {
      const world = await startWorld('http')
      try {
        const stream = world.client().iterate({ query: 'subscription { noteAdded { id } }' })
        const failed = stream.next().catch((errors) => errors)
        await until(() => world.state.openStreams === 1)
        world.served.notes?.cutSockets(code)
        expect(await failed).toEqual([
          {
            message: 'A part of the service is not available, try again.',
            extensions: { code: 'SERVICE_UNAVAILABLE', errorId: expect.any(String), retryable: true },
          },
        ])
        await until(() => world.state.openStreams === 0)
        // The next subscription opens a new socket.
        const again = world.client().iterate({ query: 'subscription { noteAdded { id } }' })
        const next = again.next()
        await until(() => world.state.openStreams === 1)
        world.state.bus.emit('note', note({ id: 'after' }))
        expect((await next).value).toEqual({ data: { noteAdded: { id: 'after' } } })
      } finally {
        await world.close()
      }
    },
  )
})
