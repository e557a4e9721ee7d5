// One process of a split house: SUBGRAPHS=events,participants serves these domains over HTTP; ROUTER=1 is the router.
import { createCallerSigner, createCallerVerifier } from '@guildhall/kit/caller'
import { type Config, ConfigError, readConfig } from '@guildhall/kit/config'
import { domainNames, loadDefinitions } from '@guildhall/kit/discover'
import { guardUpstream } from '@guildhall/kit/guarded-upstream'
import { startHost } from '@guildhall/kit/host'
import type { Log } from '@guildhall/kit/log'
import { everyProduct } from '@guildhall/kit/products'
import type { SubgraphUpstream } from '@guildhall/kit/upstream'
import { createHttpUpstream } from '@guildhall/kit/upstream-http'
import { createCallerResolver } from '@guildhall/router/callers/caller-resolver'
import { createRouter } from '@guildhall/router/router'
import { followSupergraphFile } from '@guildhall/router/schema/supergraph-file'
import { migrationsFolder } from './helpers/table-files.ts'
import { configuredKey } from './house/keys.ts'
import { portProblem } from './house/port.ts'
import { type Running, runProcess } from './house/process.ts'
import { processSight } from './house/process-sight.ts'
import { routerTuning } from './house/router-tuning.ts'
import { committedSupergraph, readSupergraph } from './house/supergraph.ts'

await runProcess(() => {
  const config = readConfig()
  if (config.ROUTER === '1') return serveRouter(config)
  if (config.SUBGRAPHS?.length) return serveSubgraphs(config, config.SUBGRAPHS)
  throw new ConfigError('Say what this process is: SUBGRAPHS=<domain,…> or ROUTER=1.')
})

async function serveRouter(config: Config): Promise<Running> {
  const sight = await processSight(config, 'router', true)
  const { log } = sight
  const upstreams = remoteDomains(config, [], log)
  const file = config.SUPERGRAPH_FILE ?? committedSupergraph
  const supergraphSdl = readSupergraph(file)
  const router = await createRouter({
    supergraphSdl,
    upstreams,
    callers: createCallerResolver({
      upstreams,
      signer: await createCallerSigner(configuredKey(config, 'CONTEXT_PRIVATE_KEY')),
      issuer: config.PUBLIC_URL,
      externalIssuers: config.OIDC_ISSUERS,
      log,
    }),
    contracts: everyProduct,
    ...routerTuning(config),
    ...sight.eyes,
    log,
  })
  const supergraph = followSupergraphFile({
    file,
    served: supergraphSdl,
    update: router.update,
    watch: config.SUPERGRAPH_WATCH === '1',
    log,
  })
  const { port } = await listening(config, router.listen(config.PORT, config.HOST))
  log.info({ port }, 'router listens')
  await sight.open(router.health)
  return {
    reload: supergraph.reload,
    close: async () => {
      supergraph.stop()
      await router.close()
      await sight.close()
      await Promise.all(Object.values(upstreams).map((upstream) => upstream.close()))
    },
  }
}

/** Several domains in one process answer on one port each, counted up from PORT in the order of SUBGRAPHS. */
async function serveSubgraphs(config: Config, names: readonly string[]): Promise<Running> {
  const sight = await processSight(config, names.join(','), false)
  const { log } = sight
  if (!config.DATABASE_URL)
    throw new ConfigError('DATABASE_URL is not set: split processes share one database.')
  const remote = remoteDomains(config, names, log)
  const host = await startHost({
    definitions: await loadDefinitions(names),
    databaseUrl: config.DATABASE_URL,
    verify: await createCallerVerifier(
      configuredKey(config, 'CONTEXT_PUBLIC_KEY'),
      configuredKey(config, 'SERVICES_PUBLIC_KEY'),
    ),
    signService: await createCallerSigner(configuredKey(config, 'SERVICES_PRIVATE_KEY')),
    remote,
    migrations: migrationsFolder,
    ...sight.eyes,
    drainDelayMs: config.PRESTOP_DELAY_MS,
    log,
  })
  for (const [index, domain] of names.entries()) {
    const wanted = config.PORT === 0 ? 0 : config.PORT + index
    const { port } = await listening(config, host.serve(domain, wanted, config.HOST))
    log.info({ port, subgraph: domain }, 'subgraph listens')
  }
  await sight.open(host.health)
  return {
    close: async () => {
      await host.close()
      await sight.close()
      await Promise.all(Object.values(remote).map((upstream) => upstream.close()))
    },
  }
}

/** Every domain that is not in this process; without SUBGRAPH_URL_<DOMAIN> at a host of its own name. */
function remoteDomains(config: Config, own: readonly string[], log: Log): Record<string, SubgraphUpstream> {
  const {
    SUBGRAPH_DEADLINE_MS: deadlineMs,
    SUBGRAPH_CONCURRENCY: concurrency,
    SUBGRAPH_QUEUE: queue,
  } = config
  const others = domainNames().filter((domain) => !own.includes(domain))
  return Object.fromEntries(
    others.map((domain) => {
      const url = config.subgraphUrls[domain] ?? `http://${domain}:4001/graphql`
      const upstream = createHttpUpstream({ url, name: domain, deadlineMs, connections: concurrency, log })
      return [domain, guardUpstream(upstream, { name: domain, concurrency, queue, log })]
    }),
  )
}

function listening<T>(config: Config, opening: Promise<T>): Promise<T> {
  return opening.catch((error: NodeJS.ErrnoException) => {
    throw portProblem(error, config.PORT)
  })
}
