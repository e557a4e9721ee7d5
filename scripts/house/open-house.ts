import { createCallerSigner, createCallerVerifier } from '@guildhall/kit/caller'
import type { Clock } from '@guildhall/kit/clock'
import type { OidcIssuer } from '@guildhall/kit/config'
import { loadDefinitions } from '@guildhall/kit/discover'
import { type Host, startHost } from '@guildhall/kit/host'
import type { Log } from '@guildhall/kit/log'
import type { MailTransport } from '@guildhall/kit/mail/message'
import type { Metrics } from '@guildhall/kit/metrics/metrics'
import { everyProduct } from '@guildhall/kit/products'
import type { Tracing } from '@guildhall/kit/tracing/tracing'
import type { Vault } from '@guildhall/kit/vault'
import { createCallerResolver } from '@guildhall/router/callers/caller-resolver'
import { createRouter, type Router, type RouterTuning } from '@guildhall/router/router'
import { migrationsFolder } from '../helpers/table-files.ts'
import { ownKeys } from './keys.ts'
import { readSupergraph } from './supergraph.ts'

export interface HouseOptions extends RouterTuning {
  databaseUrl: string
  publicUrl: string
  externalIssuers?: readonly OidcIssuer[] | undefined
  log: Log
  clock?: Clock
  /** Default: with the secrets of the configuration. */
  vault?: Vault
  /** Default: where the configuration says. */
  mail?: MailTransport
  onStatement?: (statement: string) => void
  metrics?: Metrics | undefined
  tracing?: Tracing | undefined
  /** See `RouterOptions`. */
  preparations?: () => readonly string[]
}

/** Every domain and the router in this process. */
export interface House {
  host: Host
  router: Router
  close(): Promise<void>
}

/** Opens the house on a migrated database; `house.router.listen` opens its door. */
export async function openHouse(options: HouseOptions): Promise<House> {
  const { databaseUrl, publicUrl, externalIssuers, log, clock, vault, mail, onStatement, ...tuning } = options
  const keys = await ownKeys()
  const host = await startHost({
    definitions: await loadDefinitions(),
    databaseUrl,
    verify: await createCallerVerifier(keys.contextPublic, keys.servicesPublic),
    signService: await createCallerSigner(keys.servicesPrivate),
    log,
    vault,
    mail,
    migrations: migrationsFolder,
    metrics: options.metrics,
    tracing: options.tracing,
    ...(clock ? { clock } : {}),
    ...(onStatement ? { onStatement } : {}),
  })
  const router = await createRouter({
    supergraphSdl: readSupergraph(),
    upstreams: host.upstreams,
    inside: host.health,
    callers: createCallerResolver({
      upstreams: host.upstreams,
      signer: await createCallerSigner(keys.contextPrivate),
      issuer: publicUrl,
      externalIssuers,
      log,
    }),
    log,
    contracts: everyProduct,
    mailPages: true,
    ...tuning,
  })
  return {
    host,
    router,
    close: async () => {
      await router.close()
      await host.close()
    },
  }
}
