// What the router can be told by its environment. Explained for operators in docs/operations.md.
import { z } from 'zod'
import { list, switchedOn } from './kinds.ts'

const network = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], {
  error: 'not an address or network (CIDR)',
})

const count = z.coerce.number().int().min(1)

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
