import { load, type Shot } from './load.ts'
import type { MeasuredProcess, Usage } from './measured-process.ts'
import type { Measured } from './table.ts'

/** How long things are measured. */
export interface Pace {
  rounds: number
  seconds: number
  warmUpSeconds: number
  concurrency: number
}

/** Something that answers GraphQL at `url` + `/graphql`. */
export interface Target {
  name: string
  url: string
  process: MeasuredProcess
  authorization?: (n: number) => string
  headers?: () => Readonly<Record<string, string>>
  /** What it is asked, if that is not what all are asked. */
  shot?: Shot
  /** What else is known of it: title of a column → figure. */
  facts?: Readonly<Record<string, number>>
  /** Operations that have reached the subgraphs so far, if they are counted. */
  fetches?: () => Promise<number>
  /** CPU time that the database has spent so far, whoever asked; undefined where it cannot be told. */
  databaseMicros?: () => number | undefined
}

/** Loads the targets in turn, round after round: whatever disturbs the machine disturbs them alike. */
export async function measureInTurn(
  targets: readonly Target[],
  shotOf: (n: number) => Shot,
  { rounds, seconds, warmUpSeconds, concurrency }: Pace,
): Promise<Measured[]> {
  const shotFor =
    ({ shot }: Target) =>
    (n: number) =>
      shot ?? shotOf(n)
  const loadFor = (target: Target, duration: number) =>
    load(target.url, shotFor(target), {
      concurrency,
      seconds: duration,
      ...(target.authorization ? { authorization: target.authorization } : {}),
      ...(target.headers ? { headers: target.headers } : {}),
    })
  for (const target of targets) await loadFor(target, warmUpSeconds)
  const measured: Measured[] = targets.map(({ name, facts = {} }) => ({
    name,
    facts,
    rounds: [],
    cpuMicros: 0,
    rssBytes: 0,
  }))
  for (let round = 0; round < rounds; round++) {
    for (const [index, target] of targets.entries()) {
      const sum = measured[index]
      if (!sum) continue
      const before = await spentBy(target)
      const databaseBefore = target.databaseMicros?.()
      sum.rounds.push(await loadFor(target, seconds))
      const after = await spentBy(target)
      sum.cpuMicros += after.cpuMicros - before.cpuMicros
      sum.rssBytes = after.rssBytes
      const databaseAfter = target.databaseMicros?.()
      if (databaseBefore !== undefined && databaseAfter !== undefined)
        sum.databaseMicros = (sum.databaseMicros ?? 0) + databaseAfter - databaseBefore
      if (target.fetches) sum.fetches = (sum.fetches ?? 0) + after.fetches - before.fetches
    }
  }
  return measured
}

async function spentBy(target: Target): Promise<Usage> {
  const usage = await target.process.usage()
  return { ...usage, fetches: (await target.fetches?.()) ?? 0 }
}
