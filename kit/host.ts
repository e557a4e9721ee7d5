import { type Outlets, type RunningWork, startBackgroundWork } from './background-work.ts'
import type { CallerSigner, CallerVerifier } from './caller.ts'
import { type Clock, systemClock } from './clock.ts'
import { readConfig } from './config.ts'
import type { Contract } from './contract.ts'
import { houseProblems } from './conventions.ts'
import { type Database, forLater, openDatabase, quietly, type StatementListener } from './database.ts'
import type { SubgraphDefinition } from './define-subgraph.ts'
import { loadContracts } from './discover.ts'
import { tellTransport } from './events/activity.ts'
import { startConsumer } from './events/consumer.ts'
import { createTransport, type TransportConfig } from './events/create-transport.ts'
import type { RunningConsumer, Transport } from './events/envelope.ts'
import { startRelay } from './events/relay.ts'
import { type HostHealth, watchHost } from './health/host-health.ts'
import { type SubgraphServer, serveSubgraph } from './http-server.ts'
import type { Log } from './log.ts'
import type { MailTransport } from './mail/message.ts'
import { type MailSender, startMailSender } from './mail/sender.ts'
import { mailTransportFrom } from './mail/transport-from.ts'
import { measureQueues, tallyDeliveries, tallyHappenings } from './metrics/domain-metrics.ts'
import type { Metrics } from './metrics/metrics.ts'
import { createPeers } from './peers.ts'
import { poolWatch } from './pool-watch.ts'
import type { PushTransport } from './push/message.ts'
import { pushTransportFrom } from './push/transport-from.ts'
import { startSchedules } from './schedules.ts'
import { openSignals, type Signals } from './signals.ts'
import { createSubgraphRuntime, type SubgraphRuntime } from './subgraph-runtime.ts'
import { traceRuntime } from './tracing/traced-runtime.ts'
import type { Tracing } from './tracing/tracing.ts'
import type { SubgraphUpstream } from './upstream.ts'
import { type Vault, vaultFrom } from './vault.ts'
import type { Worker } from './worker.ts'

export interface HostOptions {
  definitions: readonly SubgraphDefinition[]
  /** The contracts of all domains, also of those that run elsewhere. Default: those of the folders. */
  contracts?: readonly Contract[]
  databaseUrl: string
  verify: CallerVerifier
  /** Signs as one of our services, to ask other domains. */
  signService: CallerSigner
  log: Log
  clock?: Clock
  /** Default: with the secrets of the configuration. */
  vault?: Vault | undefined
  /** Where mails go; closed together with the host. Default: where the configuration says. */
  mail?: MailTransport | undefined
  /** What reaches devices; closed together with the host. Default: what the configuration says. */
  push?: PushTransport | undefined
  /** What carries events. Default: what the configuration says. */
  transport?: TransportConfig | undefined
  /** Domains that live in other processes. */
  remote?: Readonly<Record<string, SubgraphUpstream>>
  /** How long our servers still take requests after readiness was withdrawn, before they close. Default: not at all. */
  drainDelayMs?: number
  /** Off for tools that only want to call commands. Default: on. */
  backgroundWork?: boolean
  onStatement?: StatementListener
  /** Folder of all migrations: without them in the database no domain is ready. Default: they are not looked at. */
  migrations?: string | undefined
  /** Where to count and measure. Default: nowhere. */
  metrics?: Metrics | undefined
  /** Where to record traces; its owner closes it. Default: nowhere. */
  tracing?: Tracing | undefined
}

/** Domains running in this process. */
export interface Host {
  subgraphs: Readonly<Record<string, SubgraphRuntime>>
  /** Every domain that can be reached from here: ours in-process, the others remote. */
  upstreams: Readonly<Record<string, SubgraphUpstream>>
  database: Database
  health: HostHealth
  /** Serves one of our domains over HTTP. */
  serve(domain: string, port: number, host?: string): Promise<SubgraphServer>
  /** Waits until every event that was written so far has had its effects, and every mail that is due is sent; for tests. */
  settle(): Promise<void>
  /** Finishes what is at hand and lets go of everything. */
  close(): Promise<void>
}

/** Starts domains in this process. @throws Error listing every broken cross-domain convention. */
export async function startHost(options: HostOptions): Promise<Host> {
  const problems = houseProblems(options.definitions, options.contracts ?? (await loadContracts()))
  if (problems.length > 0) throw new Error(`the house breaks conventions:\n- ${problems.join('\n- ')}`)

  const { log, metrics, tracing, clock = systemClock, vault = vaultFrom(readConfig()) } = options
  const mail = options.mail ?? mailTransportFrom(readConfig(), log)
  const push = options.push ?? (await pushTransportFrom(readConfig(), log))
  const database = openDatabase(options.databaseUrl, 20, options.onStatement, poolWatch(metrics, tracing))
  const signals = await openSignals(database.sql, log)
  const transport = createTransport(options.transport ?? readConfig(), database, signals, log)
  const upstreams: Record<string, SubgraphUpstream> = { ...options.remote }
  const tally = metrics && tallyHappenings(metrics)
  const relays = new Map<string, Worker>()
  const senders: MailSender[] = []
  const works: RunningWork[] = []
  const subgraphs: Record<string, SubgraphRuntime> = {}
  for (const definition of options.definitions) {
    const { domain, backbone } = definition
    const runtime = {
      domain,
      database,
      backbone,
      clock,
      log: log.child({ subgraph: domain }),
      signals,
      peers: createPeers(domain, () => upstreams, options.signService),
      vault,
      outboxWritten: () => relays.get(domain)?.wake(),
      tally: tally?.(domain),
      unread: definition.reactions.length > 0 ? () => transport.unread(domain) : undefined,
      tracing,
    }
    subgraphs[domain] = createSubgraphRuntime(definition, runtime, options.verify)
    upstreams[domain] = tracing ? traceRuntime(subgraphs[domain], tracing) : subgraphs[domain]
  }

  const background =
    options.backgroundWork === false
      ? null
      : await startBackground(subgraphs, {
          transport,
          relays,
          senders,
          works,
          outlets: { mail, push, tally: tallyDeliveries(metrics) },
          signals,
          log,
        })
  const servers: SubgraphServer[] = []
  const health = watchHost(subgraphs, options.databaseUrl, options.migrations)
  if (metrics) measureQueues(metrics, Object.keys(subgraphs), health)
  return {
    subgraphs,
    upstreams,
    database,
    health,
    async serve(domain, port, host = '127.0.0.1') {
      const subgraph = subgraphs[domain]
      if (!subgraph) throw new Error(`${domain} does not run in this process`)
      const server = await serveSubgraph(
        subgraph,
        { health: health.ofDomain(domain), metrics, tracing, drainDelayMs: options.drainDelayMs },
        port,
        host,
      )
      servers.push(server)
      return server
    },
    async settle() {
      do {
        for (const relay of relays.values()) await relay.drain()
        await transport.drain()
        for (const sender of senders) await sender.drain()
        for (const work of works) await work.drain()
      } while (
        (await transport.hasWaiting()) ||
        (await hasUnsent(database, Object.keys(subgraphs))) ||
        (await hasWaiting([...senders, ...works]))
      )
    },
    async close() {
      await Promise.all(servers.map((server) => server.close()))
      await background?.stop()
      await transport.close()
      await Promise.all([mail.close(), push.close()])
      await health.close()
      await signals.close().catch(() => {})
      await database.close()
    },
  }
}

interface Background {
  transport: Transport
  /** Filled here, as the senders are. */
  relays: Map<string, Worker>
  senders: MailSender[]
  works: RunningWork[]
  outlets: Outlets
  signals: Signals
  log: Log
}

async function startBackground(
  subgraphs: Readonly<Record<string, SubgraphRuntime>>,
  { transport, relays, senders, works, outlets, signals, log }: Background,
) {
  for (const { runtime } of Object.values(subgraphs)) await tellTransport(runtime, transport.name)
  const consumers: RunningConsumer[] = []
  // Consumers first: an event relayed before its consumer has subscribed would pass it by.
  for (const { definition, runtime } of Object.values(subgraphs)) {
    if (definition.reactions.length === 0) continue
    consumers.push(
      await startConsumer(
        { ...runtime, database: forLater(runtime.database) },
        definition.reactions,
        transport,
      ),
    )
  }
  for (const { runtime } of Object.values(subgraphs))
    relays.set(runtime.domain, startRelay(runtime, transport))
  for (const { definition, runtime } of Object.values(subgraphs))
    if (definition.mail)
      senders.push(
        startMailSender({ ...runtime, database: quietly(runtime.database) }, definition.mail, outlets.mail),
      )
  for (const subgraph of Object.values(subgraphs))
    works.push(...startBackgroundWork(subgraph, outlets, signals, log))
  const schedules = startSchedules(Object.values(subgraphs), log)
  return {
    async stop() {
      await schedules.stop()
      await Promise.all(works.map((work) => work.stop()))
      await Promise.all(senders.map((sender) => sender.stop()))
      await Promise.all([...relays.values()].map((relay) => relay.stop()))
      await Promise.all(consumers.map((consumer) => consumer.stop()))
    },
  }
}

async function hasWaiting(waiters: readonly { hasWaiting(): Promise<boolean> }[]): Promise<boolean> {
  for (const waiter of waiters) if (await waiter.hasWaiting()) return true
  return false
}

/** Whether an event was written that no relay has taken yet. */
async function hasUnsent({ sql }: Database, domains: readonly string[]): Promise<boolean> {
  for (const domain of domains) {
    const [unsent] = await sql`select 1 from ${sql(`${domain}.outbox`)} where sent_at is null limit 1`
    if (unsent) return true
  }
  return false
}
