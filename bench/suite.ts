import type { BenchHouse } from './house/open-bench-house.ts'
import type { Pace } from './measuring/rounds.ts'

/** What every suite may use. */
export interface SuiteOptions {
  pace: Pace
  /** The real house with its database, opened when it is first asked for and closed after the last suite. */
  house(): Promise<BenchHouse>
  /** What was written behind the name of the suite. */
  arguments: readonly string[]
}

/** A file of `suites/`: prints its figures, leaves nothing running, promises nothing about time. */
export interface Suite {
  /** One line: what is measured. */
  title: string
  run(options: SuiteOptions): Promise<void>
}
