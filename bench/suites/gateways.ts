import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { startTargets } from '../gateways/start-targets.ts'
import { answerTo } from '../measuring/load.ts'
import type { MeasuredProcess } from '../measuring/measured-process.ts'
import { measureInTurn, type Target } from '../measuring/rounds.ts'
import { printTable } from '../measuring/table.ts'
import type { SuiteOptions } from '../suite.ts'
import { type BenchQuery, benchQueries } from '../supergraph/queries.ts'

export const title = 'gateways in front of the same four subgraphs without a database'

export async function run({ pace, arguments: [wanted = ''] }: SuiteOptions): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'guildhall-bench-'))
  const processes: MeasuredProcess[] = []
  try {
    const targets = await startTargets(folder, processes)
    for (const query of benchQueries.filter((one) => one.title.startsWith(wanted))) {
      const { right, wrong } = await tellApart(targets, query)
      printTable(query.title, await measureInTurn(right, query.shot, pace))
      for (const name of wrong) console.log(`${name}: wrong answer, not measured`)
    }
  } finally {
    for (const started of processes.reverse()) await started.stop()
    rmSync(folder, { recursive: true })
  }
}

/** Whose answers are those of the first. */
async function tellApart(
  targets: readonly Target[],
  { shot }: BenchQuery,
): Promise<{ right: Target[]; wrong: string[] }> {
  const right: Target[] = []
  const wrong: string[] = []
  const answers = (target: Target) =>
    Promise.all([0, 1, 2].map((n) => answerTo(target.url, shot(n), target.authorization?.(n))))
  const [first] = targets
  const expected = first && (await answers(first))
  for (const target of targets) {
    if (isDeepStrictEqual(await answers(target), expected)) right.push(target)
    else wrong.push(target.name)
  }
  return { right, wrong }
}
