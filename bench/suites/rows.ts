import { isDeepStrictEqual } from 'node:util'
import { startPostgres } from '@guildhall/kit/postgres/start-postgres'
import { installPeers } from '../gateways/peers.ts'
import { cpuMicrosOfTree } from '../measuring/process-tree.ts'
import { measureInTurn, type Target } from '../measuring/rounds.ts'
import { printTable } from '../measuring/table.ts'
import { countStatements } from '../rows/count-statements.ts'
import { seedRows } from '../rows/seed.ts'
import { createStarter, type RowsStarter } from '../rows/start-rows.ts'
import { plainly, type RowsTarget, rowsTargets } from '../rows/targets.ts'
import type { SuiteOptions } from '../suite.ts'

export const title = 'a list of 10 × 10 × 5 rows inside one subgraph, from the same database'

/** Fewer than elsewhere: an answer takes milliseconds of CPU. */
const concurrency = 4

export async function run({ pace }: SuiteOptions): Promise<void> {
  const database = await startPostgres({ dataFolder: '', ephemeral: true })
  let starter: RowsStarter | undefined
  try {
    starter = await createStarter(await seedRows(database.url))
    const targets: Target[] = []
    let expected: unknown
    for (const target of await usable()) {
      const { text, statements } = await countedAnswer(starter, target, database.url)
      const answer = plainly(JSON.parse(text).data)
      expected ??= answer
      if (!isDeepStrictEqual(answer, expected)) {
        console.log(`${target.name}: another answer, not measured: ${text.slice(0, 300)}`)
        continue
      }
      targets.push({
        name: target.name,
        ...(await starter.start(target, database.url)),
        headers: starter.headers,
        shot: { query: target.query },
        databaseMicros: () => cpuMicrosOfTree(database.pid),
        facts: { statements, kB: Math.round(text.length / 1_000) },
      })
    }
    printTable('610 rows', await measureInTurn(targets, () => ({ query: '' }), { ...pace, concurrency }))
  } finally {
    await starter?.close()
    await database.stop()
  }
}

async function usable(): Promise<readonly RowsTarget[]> {
  const problem = await installPeers()
  if (!problem) return rowsTargets
  console.log(`The peers are left out, because they cannot be installed: ${problem}`)
  return rowsTargets.filter(({ isPeer }) => !isPeer)
}

/** An answer of a target that has settled, and how many statements the database was sent for it. */
async function countedAnswer(starter: RowsStarter, target: RowsTarget, databaseUrl: string) {
  const counter = await countStatements(databaseUrl)
  try {
    const { process, url } = await starter.start(target, counter.url)
    for (let time = 0; time < 5; time++) await starter.ask(url, target.query)
    const before = counter.count()
    const text = await starter.ask(url, target.query)
    const statements = counter.count() - before
    await process.stop()
    return { text, statements }
  } finally {
    counter.close()
  }
}
