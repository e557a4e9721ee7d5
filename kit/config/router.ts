// What the router can be told by its environment. Explained for operators in docs/operations.md.
import { z } from 'zod'
import { list, switchedOn } from './kinds.ts'

const network = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], {
  error: 'not an address or network (CIDR)',
})

const count = z.coerce.number().int().min(1)
const countOrZero = z.coerce.number().int().min(0)

export const routerSettings = {
  /** The composed supergraph that a router alone serves. Default: the one of this checkout. */
  SUPERGRAPH_FILE: z.string().optional(),
  /** "1": a router alone serves the supergraph anew whenever that file changes. */
  SUPERGRAPH_WATCH: switchedOn('0'),
  /** Pages that may call; default: any in development, none in production. */
  CORS_ORIGINS: list.optional(),
  /** Whether the schema may be asked for; `auto`: in development only. */
  INTROSPECTION: z.enum(['auto', 'on', 'off']).default('auto'),
  /** What clients may ask: see "Persisted operations" in docs/operations.md. */
  PERSISTED_OPERATIONS_MODE: z.enum(['off', 'apq', 'log', 'safelist', 'ids']).default('apq'),
  /** Manifest of operations, as Apollo's `generate-persisted-query-manifest` writes it. */
  PERSISTED_OPERATIONS_FILE: z.string().optional(),
  /** How large an operation may be, see "What clients may ask" in docs/operations.md. */
  LIMIT_TOKENS: count.default(2_000),
  LIMIT_DEPTH: count.default(12),
  LIMIT_ALIASES: count.default(30),
  LIMIT_ROOT_FIELDS: count.default(20),
  LIMIT_MUTATIONS: count.default(5),
  LIMIT_FIELDS: count.default(500),
  LIMIT_DIRECTIVES: count.default(50),
  LIMIT_VARIABLES_DEPTH: count.default(20),
  LIMIT_PAGE_SIZE: count.default(100),
  LIMIT_BODY_BYTES: count.default(262_144),
  /** What becomes of operations whose estimated cost is above `DEMAND_MAX_COST`. */
  DEMAND_CONTROL: z.enum(['off', 'measure', 'enforce']).default('enforce'),
  DEMAND_MAX_COST: count.default(5_000),
  /** How long lists are taken to be that the schema says nothing of. */
  DEMAND_LIST_SIZE: count.default(10),
  /** Cost that a person, an API key and a network of anonymous callers may spend in a minute; 0: any. */
  RATE_PER_USER: countOrZero.default(100_000),
  RATE_PER_KEY: countOrZero.default(100_000),
  RATE_PER_ADDRESS: countOrZero.default(50_000),
  /** Room for answers that are given again (`@cacheControl`), in megabytes; 0: none are kept. */
  ANSWER_CACHE_MEGABYTES: countOrZero.default(32),
  /** Redis or Valkey, shared by several routers. Absent: each counts and remembers for itself. */
  REDIS_URL: z.url({ protocol: /^rediss?$/ }).optional(),
  /** Addresses or networks (CIDR) of proxies in front of the router, whose `X-Forwarded-For` is believed. */
  TRUSTED_PROXIES: list.pipe(z.array(network)).optional(),
  /** Sockets and event streams of one user. */
  LIVE_CONNECTIONS_PER_USER: count.optional(),
  /** Sockets and event streams from one address. */
  LIVE_CONNECTIONS_PER_ADDRESS: count.optional(),
  /** Those from one address that have not logged in. */
  LIVE_ANONYMOUS_PER_ADDRESS: count.optional(),
  /** Those of one router that have not logged in. */
  LIVE_ANONYMOUS: count.optional(),
  /** Operations that run on one socket at a time. */
  LIVE_SUBSCRIPTIONS_PER_SOCKET: count.optional(),
  /** Messages per second that one socket may send in the long run. */
  LIVE_MESSAGES_PER_SECOND: count.optional(),
  /** Messages that one socket may send at once. */
  LIVE_MESSAGE_BURST: count.optional(),
  /** Size of one message to a socket, in bytes. */
  LIVE_MESSAGE_BYTES: count.optional(),
  /** Whether equal subscriptions run as one. */
  LIVE_SHARING: z.enum(['0', '1']).optional(),
}
