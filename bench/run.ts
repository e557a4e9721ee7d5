// npm run bench: our router beside a plain Apollo gateway in front of the same subgraphs, in interleaved rounds. Look at
// the ratios; the absolute figures are this machine's.
import assert from 'node:assert/strict'
import { domainNames } from '@guildhall/kit/discover'
import { migrateAll } from '@guildhall/kit/migrate'
import { freePort } from '@guildhall/kit/postgres/free-port'
import { startPostgres } from '@guildhall/kit/postgres/start-postgres'
import { seedDemoData } from '../scripts/demo/seed.ts'
import { migrationsFolder } from '../scripts/helpers/table-files.ts'
import { makeDataSecret } from '../scripts/house/data-secret.ts'
import { keyVariables, ownKeys } from '../scripts/house/keys.ts'
import { answerTo, load, type Round } from './load.ts'
import { type MeasuredProcess, startMeasured } from './measured-process.ts'
import { measureResolution } from './resolution.ts'
import { logIn, makeApiKey, queries } from './scenario.ts'
import { printTable } from './table.ts'

const rounds = Number(process.env.BENCH_ROUNDS ?? 5)
const seconds = Number(process.env.BENCH_SECONDS ?? 4)
const warmUpSeconds = Number(process.env.BENCH_WARM_UP ?? 10)
const concurrency = 16

const database = await startPostgres({ dataFolder: '', ephemeral: true })
const processes: MeasuredProcess[] = []
try {
  await migrateAll({ url: database.url, folder: migrationsFolder })
  const keys = await ownKeys()
  const domains = domainNames()
  const ports = {
    subgraphs: 20_000 + Math.floor(Math.random() * 20_000),
    ours: await freePort(),
    plain: await freePort(),
    one: await freePort(),
  }
  const shared = {
    ...keyVariables(keys),
    DATA_SECRET: makeDataSecret(),
    DATABASE_URL: database.url,
    LOG_LEVEL: 'warn',
    NODE_ENV: 'production',
    HOST: '127.0.0.1',
    PUBLIC_URL: 'http://localhost:4000',
    ...Object.fromEntries(
      domains.map((domain, index) => [
        `SUBGRAPH_URL_${domain.toUpperCase()}`,
        `http://127.0.0.1:${ports.subgraphs + index}/graphql`,
      ]),
    ),
  }
  const url = (port: number) => `http://127.0.0.1:${port}`
  const start = async (script: string, port: number, own: Record<string, string>, ready: string) => {
    const started = await startMeasured(script, { ...shared, PORT: String(port), ...own }, ready)
    processes.push(started)
    return started
  }
  await start(
    'scripts/serve.ts',
    ports.subgraphs,
    { SUBGRAPHS: domains.join(',') },
    `${url(ports.subgraphs + domains.length - 1)}/health/ready`,
  )
  const ours = await start('scripts/serve.ts', ports.ours, { ROUTER: '1' }, `${url(ports.ours)}/health/ready`)
  await seedDemoData(url(ports.ours), database.url, () => {})
  const { token, caller, variables } = await logIn(url(ports.ours))
  const apiKey = await makeApiKey(url(ports.ours), token)
  await measureResolution({
    urls: Object.fromEntries(
      domains.map((domain, index) => [domain, `${url(ports.subgraphs + index)}/graphql`]),
    ),
    contextPrivate: keys.contextPrivate,
    issuer: shared.PUBLIC_URL,
    headers: { 'session token': `Bearer ${token}`, 'API key': `Bearer ${apiKey}` },
  })

  const plain = await start(
    'bench/targets/plain-gateway.ts',
    ports.plain,
    { BENCH_CALLER: JSON.stringify(caller) },
    `${url(ports.plain)}/graphql?query=%7B__typename%7D`,
  )
  const one = await start(
    'bench/targets/one-process.ts',
    ports.one,
    { BENCH_DATABASE: database.url, BENCH_ISSUER: shared.PUBLIC_URL },
    `${url(ports.one)}/health/ready`,
  )
  const targets = [
    { name: 'plain Apollo gateway, HTTP', url: url(ports.plain), process: plain },
    { name: 'Guildhall router, HTTP', url: url(ports.ours), process: ours },
    { name: 'Guildhall in one process', url: url(ports.one), process: one },
  ]

  for (const [title, query] of Object.entries(queries)) {
    const shot = { query, variables }
    const [expected, ...others] = await Promise.all(
      targets.map((target) => answerTo(target.url, shot, token)),
    )
    for (const other of others) assert.deepEqual(other, expected)
    const measured = targets.map(({ name }) => ({ name, rounds: [] as Round[], cpuMicros: 0, rssBytes: 0 }))
    for (const target of targets) await load(target.url, shot, token, { concurrency, seconds: warmUpSeconds })
    for (let round = 0; round < rounds; round++) {
      for (const [index, target] of targets.entries()) {
        const before = await target.process.usage()
        const result = await load(target.url, shot, token, { concurrency, seconds })
        const after = await target.process.usage()
        const sum = measured[index]
        if (!sum) continue
        sum.rounds.push(result)
        sum.cpuMicros += after.cpuMicros - before.cpuMicros
        sum.rssBytes = after.rssBytes
      }
    }
    printTable(title, measured)
  }
} finally {
  for (const started of processes.reverse()) await started.stop()
  await database.stop()
}
