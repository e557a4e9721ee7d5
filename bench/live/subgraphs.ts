import { EventEmitter } from 'node:events'
import { pushIterator } from '@guildhall/kit/push-iterator'
import { compose } from '../supergraph/compose.ts'
import type { BenchSubgraph } from '../supergraph/subgraph.ts'

const bus = new EventEmitter().setMaxListeners(0)

const public_ = `@cacheControl(maxAge: 0, scope: PUBLIC)`
const link = `extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@composeDirective"])
  @link(url: "https://guildhall.dev/cache/v1.0", import: ["@cacheControl"])
  @composeDirective(name: "@cacheControl")
  directive @cacheControl(maxAge: Int, scope: CacheControlScope, inheritMaxAge: Boolean) on FIELD_DEFINITION | OBJECT | INTERFACE | UNION
  enum CacheControlScope { PUBLIC PRIVATE }`

interface Tick {
  at: number
  text: string
  author: { id: string }
}

/** A subgraph that tells what happens. What `room` says changes nothing but makes one stream unlike another. */
const ticks: BenchSubgraph = {
  name: 'ticks',
  typeDefs: `${link}
    type Query { rooms: Int! ${public_} }
    type Subscription { tick(room: Int! = 0): Tick! ${public_} }
    type Tick ${public_} { at: Float! text: String! author: Author! ${public_} }
    type Author @key(fields: "id") ${public_} { id: ID! }`,
  resolvers: { Query: { rooms: () => 1 } },
}

const authors: BenchSubgraph = {
  name: 'authors',
  typeDefs: `${link}
    type Query { author: Author ${public_} }
    type Author @key(fields: "id") ${public_} { id: ID! name: String! }`,
  resolvers: {
    Query: { author: () => ({ id: 'a' }) },
    Author: { name: ({ id }) => `Author ${id}`, __resolveReference: (reference) => reference },
  },
}

export const liveSubgraphs: readonly BenchSubgraph[] = [ticks, authors]
export const liveSupergraph = (): string => compose(liveSubgraphs)

/** What the subscription's resolver of `ticks` gives. */
export const tickStream = () =>
  pushIterator<{ tick: Tick }>(({ push }) => {
    bus.on('tick', push)
    return () => void bus.off('tick', push)
  })

/** Milliseconds since 1970 with their fractions, the same for all processes of this machine. */
export const now = (): number => performance.timeOrigin + performance.now()

/** Something happens now; `size` characters tell of it. */
export function emitTick(size: number): void {
  bus.emit('tick', { tick: { at: now(), text: 'x'.repeat(size), author: { id: 'a1' } } })
}
export const listeners = (): number => bus.listenerCount('tick')
