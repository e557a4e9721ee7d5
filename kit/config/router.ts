// What the router can be told by its environment. Explained for operators in docs/operations.md.
import { z } from 'zod'
import { list } from './kinds.ts'

const network = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], {
  error: 'not an address or network (CIDR)',
})

export const routerSettings = {
  /** Pages that may call; default: any in development, none in production. */
  CORS_ORIGINS: list.optional(),
  /** Addresses or networks (CIDR) of proxies in front of the router, whose `X-Forwarded-For` is believed. */
  TRUSTED_PROXIES: list.pipe(z.array(network)).optional(),
}
