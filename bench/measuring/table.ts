import type { Round } from './load.ts'

/** All rounds of one target. */
export interface Measured {
  name: string
  rounds: Round[]
  cpuMicros: number
  rssBytes: number
  /** What the database spent on it, where that was measured. */
  databaseMicros?: number
  facts?: Readonly<Record<string, number>>
  /** Operations that reached the subgraphs, where they were counted. */
  fetches?: number
}

/** Prints one query's figures; the first target is the yardstick. */
export function printTable(title: string, measured: readonly Measured[]): void {
  const figures = measured.map(({ name, facts, rounds, cpuMicros, databaseMicros, rssBytes, fetches }) => {
    const requests = rounds.reduce((sum, round) => sum + round.requests, 0)
    const seconds = rounds.reduce((sum, round) => sum + round.seconds, 0)
    const latencies = rounds.flatMap((round) => round.latenciesMs).sort((a, b) => a - b)
    const at = (share: number) => latencies[Math.floor(latencies.length * share)] ?? Number.NaN
    return {
      name,
      perSecond: requests / seconds,
      p50: at(0.5),
      p99: at(0.99),
      cpuMs: cpuMicros / 1000 / requests,
      databaseMs: databaseMicros === undefined ? undefined : databaseMicros / 1000 / requests,
      rssBytes,
      facts,
      fetches: fetches === undefined ? undefined : fetches / requests,
    }
  })
  const yardstick = figures[0]?.cpuMs ?? Number.NaN
  console.log(`\n${title}`)
  console.table(
    Object.fromEntries(
      figures.map(({ name, facts, perSecond, p50, p99, cpuMs, databaseMs, rssBytes, fetches }) => [
        name,
        {
          'requests/s': Math.round(perSecond),
          'p50 ms': round(p50, 1),
          'p99 ms': round(p99, 1),
          'CPU ms/request': round(cpuMs, 3),
          'CPU ÷ plain': round(cpuMs / yardstick, 2),
          ...(databaseMs === undefined ? {} : { 'with database': round(cpuMs + databaseMs, 3) }),
          ...(fetches === undefined ? {} : { 'fetches/request': round(fetches, 1) }),
          'RSS MB': Math.round(rssBytes / 1e6),
          ...facts,
        },
      ]),
    ),
  )
}

const round = (value: number, digits: number): number => Number(value.toFixed(digits))
