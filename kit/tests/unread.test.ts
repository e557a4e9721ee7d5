import { expect, it, vi } from 'vitest'
import { reactTo } from '../events/envelope.ts'
import { createMetrics } from '../metrics/metrics.ts'
import { readStatus } from '../operating/status.ts'
import { done } from '../outcome.ts'
import { captureLog } from './support/capture-log.ts'
import { brokerProgram, type OwnBroker, ownBroker } from './support/own-broker.ts'
import { boxMade, contextIn, type Toy } from './support/toy.ts'
import { startToyHost } from './support/toy-host.ts'
import { declareToy } from './support/toy-subgraph.ts'

const isHere = brokerProgram !== undefined
const reactions = [reactTo(boxMade, { async apply() {} })]

it.skipIf(!isHere)(
  `everybody who looks is told what the broker holds for a domain${isHere ? '' : ' (no nats-server here)'}`,
  { timeout: 60_000 },
  async () => {
    const metrics = createMetrics(captureLog().log)
    let broker: OwnBroker | undefined
    const prepare = async (toy: Toy) => {
      broker = await ownBroker(toy)
      await broker.start()
      await toy.database.sql`create table drizzle.toy (name text, applied_at timestamptz)`
      // Somebody holds the lease, and reads nothing.
      await toy.database.sql`
        insert into bus.position (consumer, holder, leased_until)
        values ('toy', gen_random_uuid(), now() + interval '1 hour')`
    }
    const more = () => ({ transport: broker?.carrier, metrics })
    const house = await startToyHost([declareToy({ reactions })], prepare, more)
    const { host, toy } = house
    const subgraph = host.subgraphs.toy
    if (!subgraph) throw new Error('there is no toy')
    const told = async () => {
      const { consumer } = await readStatus(subgraph.ownContext(), reactions)
      const { checks } = await host.health.details()
      const [, gauge] = /^guildhall_events_unread\{domain="toy"\} (\d+)$/m.exec(await metrics.text()) ?? []
      return { operators: consumer?.unreadCount, health: checks['domain toy'], metric: gauge }
    }
    const health = (eventsUnread: number | null) => expect.objectContaining({ status: 'UP', eventsUnread })
    try {
      expect(await told()).toEqual({ operators: 0, health: health(0), metric: '0' })
      await contextIn(subgraph.runtime).transaction('emit', async (tx) => {
        for (const no of [1, 2, 3]) await tx.emit(boxMade, { boxId: 'box', no })
        return done(null)
      })
      const unsent = () => toy.database.sql`select 1 from toy.outbox where sent_at is null`
      await vi.waitFor(async () => expect(await unsent()).toHaveLength(0), 10_000)
      expect(await told()).toEqual({ operators: 3, health: health(3), metric: '3' })

      await toy.database.sql`update bus.position set leased_until = now()`
      await host.settle()
      expect(await told()).toEqual({ operators: 0, health: health(0), metric: '0' })

      await broker?.kill()
      expect(await told()).toEqual({ operators: null, health: health(null), metric: undefined })
    } finally {
      await house.close()
      await broker?.kill()
      broker?.forget()
    }
  },
)
