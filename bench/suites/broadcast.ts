import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { newId } from '@guildhall/kit/ids'
import { migrateAll } from '@guildhall/kit/migrate'
import { startPostgres } from '@guildhall/kit/postgres/start-postgres'
import { demoPassword, people } from '../../scripts/demo/world.ts'
import { migrationsFolder } from '../../scripts/helpers/table-files.ts'
import { type Ledger, openLedger } from '../broadcast/audience.ts'
import type { BenchHouse } from '../house/open-bench-house.ts'
import { queries } from '../house/scenario.ts'
import { answerTo, load, type Round } from '../measuring/load.ts'
import type { SuiteOptions } from '../suite.ts'

export const title =
  'an announcement to 100,000 people, the requests of others meanwhile, and processes that are killed'

const recipients = Number(process.env.BENCH_RECIPIENTS ?? 100_000)
const deaths = Number(process.env.BENCH_DEATHS ?? 5)
const concurrency = 4
/** Of the recipients, at which memory is looked at. */
const shares = [0, 0.1, 0.25, 0.5, 0.75, 1]

export async function run({ pace, house }: SuiteOptions): Promise<void> {
  const opened = await house()
  const ledger = openLedger(opened.databaseUrl)
  try {
    const organizationId = await ownOrganization(opened)
    await ledger.populate(organizationId, recipients)
    console.table({ 'nobody asks meanwhile': await measureSending(opened, ledger, organizationId) })

    const query =
      queries['four subgraphs: an event with its organization, its maker, its registrations and projects']
    const ask = (seconds: number) =>
      load(opened.url, () => ({ query: query ?? '', variables: opened.variables }), {
        concurrency,
        seconds,
        authorization: () => `Bearer ${opened.token}`,
      })
    await ask(pace.warmUpSeconds)
    const idle = await ask(pace.seconds * pace.rounds)
    const meanwhile: Round[] = []
    let isSending = true
    const asking = (async () => {
      while (isSending) meanwhile.push(await ask(1))
    })()
    const sending = await measureSending(opened, ledger, organizationId)
    isSending = false
    await asking
    console.table({ [`${concurrency} ask for an event page meanwhile`]: sending })
    console.table({
      'an event page, idle': figuresOf([idle]),
      'an event page, while it is sent': figuresOf(meanwhile),
    })
  } finally {
    await ledger.close()
  }
  await measureDeaths()
}

/** The organization of the demo world, as its owner sees it. */
async function ownOrganization({ url, token }: BenchHouse): Promise<string> {
  const query = '{ events(first: 10) { nodes { organization { id name } } } }'
  const { data } = (await answerTo(url, { query }, `Bearer ${token}`)) as {
    data: { events: { nodes: { organization: { id: string; name: string } }[] } }
  }
  const found = data.events.nodes.find(({ organization }) => organization.name === 'Open City Lab')
  if (!found) throw new Error('the demo world has no Open City Lab')
  return found.organization.id
}

/** Sends through the API as an organizer does, and looks at the process of the domains from beside. */
async function measureSending({ url, subgraphs }: BenchHouse, ledger: Ledger, organizationId: string) {
  const token = await logInAsOwner(url)
  const before = await subgraphs.usage()
  const startedAt = performance.now()
  const sent = (await answerTo(
    url,
    {
      query:
        'mutation ($input: SendAnnouncementInput!) { sendAnnouncement(input: $input) { announcement { id } userErrors { code } } }',
      variables: {
        input: { organizationId, segment: { include: [{ members: {} }] }, subject: 'News', body: 'Some.' },
      },
    },
    `Bearer ${token}`,
  )) as { data: { sendAnnouncement: { announcement: { id: string } } } }
  const { id } = sent.data.sendAnnouncement.announcement
  const rss: number[] = []
  const heap: number[] = []
  const external: number[] = []
  let preparedAt = Number.NaN
  for (const share of shares) {
    let standing = await ledger.standing(id)
    while (standing.status === 'PREPARING' || standing.done < share * standing.recipients) {
      await pause(50)
      standing = await ledger.standing(id)
    }
    if (share === 0) preparedAt = performance.now()
    rss.push(Math.round((await subgraphs.usage()).rssBytes / 1e6))
    const kept = await subgraphs.kept()
    heap.push(round(kept.heapBytes / 1e6, 1))
    external.push(round(kept.externalBytes / 1e6, 1))
  }
  const seconds = (performance.now() - startedAt) / 1000
  const cpuSeconds = ((await subgraphs.usage()).cpuMicros - before.cpuMicros) / 1e6
  return {
    ...(await ledger.mistakes(id)),
    'audience read s': round(preparedAt - startedAt, 0) / 1000,
    'all s': round(seconds, 1),
    'recipients/s': Math.round(recipients / seconds),
    'CPU s': round(cpuSeconds, 1),
    [`RSS MB at ${shares.map((share) => share * 100).join(', ')} %`]: rss.join(', '),
    'heap MB after GC': heap.join(', '),
    'outside of the heap': external.join(', '),
  }
}

async function logInAsOwner(url: string): Promise<string> {
  const login = (await answerTo(url, {
    query: 'mutation ($input: LoginInput!) { login(input: $input) { tokens { accessToken } } }',
    variables: { input: { email: people.ada.email, password: demoPassword } },
  })) as { data: { login: { tokens: { accessToken: string } } } }
  return login.data.login.tokens.accessToken
}

const figuresOf = (rounds: readonly Round[]) => {
  const latencies = rounds.flatMap(({ latenciesMs }) => latenciesMs).sort((a, b) => a - b)
  const at = (share: number) => round(latencies[Math.floor(latencies.length * share)] ?? Number.NaN, 1)
  const seconds = rounds.reduce((sum, one) => sum + one.seconds, 0)
  return { 'requests/s': Math.round(latencies.length / seconds), 'p50 ms': at(0.5), 'p99 ms': at(0.99) }
}

/** The same on a database where only processes work that are killed, one after the other. */
async function measureDeaths(): Promise<void> {
  const database = await startPostgres({ dataFolder: '', ephemeral: true })
  const databaseUrl = database.url
  await migrateAll({ url: databaseUrl, folder: migrationsFolder })
  const ledger = openLedger(databaseUrl)
  const organizationId = newId('org')
  let child: ChildProcess | undefined
  try {
    await ledger.populate(organizationId, recipients)
    const startedAt = performance.now()
    const id = await ledger.begin(organizationId)
    let killed = 0
    for (let share = 0; share <= deaths; share++) {
      child = startSender(databaseUrl)
      let standing = await ledger.standing(id)
      while (
        standing.status !== 'SENT' &&
        (share === deaths || standing.done <= (share / deaths) * recipients)
      ) {
        await pause(20)
        standing = await ledger.standing(id)
      }
      await kill(child)
      killed += 1
      await ledger.release(id)
    }
    console.table({
      [`killed ${killed - 1} times`]: {
        ...(await ledger.mistakes(id)),
        'all s': round((performance.now() - startedAt) / 1000, 1),
      },
    })
  } finally {
    if (child) await kill(child)
    await ledger.close()
    await database.stop()
  }
}

function startSender(databaseUrl: string): ChildProcess {
  const script = path.join(import.meta.dirname, '../broadcast/sender.ts')
  return spawn(process.execPath, [script], {
    env: { ...process.env, BENCH_DATABASE: databaseUrl },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}

const round = (value: number, digits: number): number => Number(value.toFixed(digits))
