import { createCallerSigner, createCallerVerifier } from '@guildhall/kit/caller'
import type { Clock } from '@guildhall/kit/clock'
import type { OidcIssuer } from '@guildhall/kit/config'
import { loadDefinitions } from '@guildhall/kit/discover'
import { type Host, startHost } from '@guildhall/kit/host'
import type { Log } from '@guildhall/kit/log'
import type { MailTransport } from '@guildhall/kit/mail/message'
import type { Vault } from '@guildhall/kit/vault'
import { createCallerResolver } from '@guildhall/router/caller-resolver'
import { createRouter, type Router } from '@guildhall/router/router'
import { ownKeys } from './keys.ts'
import { readSupergraph } from './supergraph.ts'

export interface HouseOptions {
  databaseUrl: string
  publicUrl: string
  production: boolean
  corsOrigins?: readonly string[] | undefined
  trustedProxies?: readonly string[] | undefined
  externalIssuers?: readonly OidcIssuer[] | undefined
  /** Default: yes. */
  mailPages?: boolean | undefined
  log: Log
  clock?: Clock
  /** Default: with the secrets of the configuration. */
  vault?: Vault
  /** Default: where the configuration says. */
  mail?: MailTransport
  onStatement?: (statement: string) => void
}

/** Every domain and the router in this process. */
export interface House {
  host: Host
  router: Router
  close(): Promise<void>
}

/** Opens the house on a migrated database; `house.router.listen` opens its door. */
export async function openHouse(options: HouseOptions): Promise<House> {
  const keys = await ownKeys()
  const host = await startHost({
    definitions: await loadDefinitions(),
    databaseUrl: options.databaseUrl,
    verify: await createCallerVerifier(keys.contextPublic, keys.servicesPublic),
    signService: await createCallerSigner(keys.servicesPrivate),
    log: options.log,
    vault: options.vault,
    mail: options.mail,
    ...(options.clock ? { clock: options.clock } : {}),
    ...(options.onStatement ? { onStatement: options.onStatement } : {}),
  })
  const router = await createRouter({
    supergraphSdl: readSupergraph(),
    upstreams: host.upstreams,
    callers: createCallerResolver({
      upstreams: host.upstreams,
      signer: await createCallerSigner(keys.contextPrivate),
      issuer: options.publicUrl,
      externalIssuers: options.externalIssuers,
      log: options.log,
    }),
    production: options.production,
    corsOrigins: options.corsOrigins,
    trustedProxies: options.trustedProxies,
    mailPages: options.mailPages ?? true,
    log: options.log,
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
