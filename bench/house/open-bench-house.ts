import type { Caller } from '@guildhall/kit/caller'
import { domainNames } from '@guildhall/kit/discover'
import { migrateAll } from '@guildhall/kit/migrate'
import { freePort } from '@guildhall/kit/postgres/free-port'
import { startPostgres } from '@guildhall/kit/postgres/start-postgres'
import type { JWK } from 'jose'
import { seedDemoData } from '../../scripts/demo/seed.ts'
import { migrationsFolder } from '../../scripts/helpers/table-files.ts'
import { makeDataSecret } from '../../scripts/house/data-secret.ts'
import { keyVariables, ownKeys } from '../../scripts/house/keys.ts'
import { type MeasuredProcess, startMeasured } from '../measuring/measured-process.ts'
import { logIn, makeApiKey } from './scenario.ts'

/** The whole of Guildhall in production mode: a database with the demo data, all domains in one process, the router in another. */
export interface BenchHouse {
  databaseUrl: string
  /** Of the router. */
  url: string
  router: MeasuredProcess
  /** All domains. */
  subgraphs: MeasuredProcess
  /** Domain → its GraphQL endpoint. */
  subgraphUrls: Readonly<Record<string, string>>
  issuer: string
  /** The router's private key. */
  contextPrivate: JWK
  /** Somebody who belongs to no organization. */
  token: string
  apiKey: string
  caller: Caller
  /** What the queries of the scenario ask for. */
  variables: { id: string }
  /** Starts a further process with the house's environment; it ends with the house. */
  start(
    script: string,
    environment: Record<string, string>,
    readyPath: string,
  ): Promise<{ url: string; process: MeasuredProcess }>
  close(): Promise<void>
}

const urlOf = (port: number): string => `http://127.0.0.1:${port}`

/** Opens a house; takes some twenty seconds. */
export async function openBenchHouse(): Promise<BenchHouse> {
  const database = await startPostgres({ dataFolder: '', ephemeral: true })
  const processes: MeasuredProcess[] = []
  const close = async () => {
    for (const started of processes.reverse()) await started.stop()
    await database.stop()
  }
  try {
    return { ...(await open(database.url, processes)), close }
  } catch (error) {
    await close()
    throw error
  }
}

async function open(databaseUrl: string, processes: MeasuredProcess[]): Promise<Omit<BenchHouse, 'close'>> {
  await migrateAll({ url: databaseUrl, folder: migrationsFolder })
  const keys = await ownKeys()
  const domains = domainNames()
  // A row of ports, one for each domain.
  const firstPort = 20_000 + Math.floor(Math.random() * 20_000)
  const subgraphUrls = Object.fromEntries(
    domains.map((domain, index) => [domain, `${urlOf(firstPort + index)}/graphql`]),
  )
  const shared = {
    ...keyVariables(keys),
    DATA_SECRET: makeDataSecret(),
    DATABASE_URL: databaseUrl,
    LOG_LEVEL: 'warn',
    // Whoever measures for minutes asks more than a person may.
    RATE_PER_USER: '0',
    NODE_ENV: 'production',
    HOST: '127.0.0.1',
    PUBLIC_URL: 'http://localhost:4000',
    ...Object.fromEntries(
      Object.entries(subgraphUrls).map(([domain, url]) => [`SUBGRAPH_URL_${domain.toUpperCase()}`, url]),
    ),
  }
  const startAt = async (port: number, script: string, own: Record<string, string>, readyUrl: string) => {
    const started = await startMeasured(script, { ...shared, PORT: String(port), ...own }, readyUrl)
    processes.push(started)
    return started
  }
  const start: BenchHouse['start'] = async (script, own, readyPath) => {
    const url = urlOf(await freePort())
    return { url, process: await startAt(Number(new URL(url).port), script, own, url + readyPath) }
  }
  const subgraphs = await startAt(
    firstPort,
    'scripts/serve.ts',
    { SUBGRAPHS: domains.join(',') },
    `${urlOf(firstPort + domains.length - 1)}/health/ready`,
  )
  const { url, process: router } = await start('scripts/serve.ts', { ROUTER: '1' }, '/health/ready')
  await seedDemoData(url, databaseUrl, () => {})
  const { token, caller, variables } = await logIn(url)
  return {
    databaseUrl,
    url,
    router,
    subgraphs,
    subgraphUrls,
    issuer: shared.PUBLIC_URL,
    contextPrivate: keys.contextPrivate,
    token,
    apiKey: await makeApiKey(url, token),
    caller,
    variables,
    start,
  }
}
