// npm run bench                      every suite, briefly
// npm run bench -- gateways          one of them; the files of suites/ are their names
// BENCH_ROUNDS, BENCH_SECONDS, BENCH_WARM_UP, BENCH_CONCURRENCY make it longer.
// Look at the ratios; the absolute figures are those of the machine that it ran on.
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { type BenchHouse, openBenchHouse } from './house/open-bench-house.ts'
import type { Pace } from './measuring/rounds.ts'
import type { Suite, SuiteOptions } from './suite.ts'

const folder = path.join(import.meta.dirname, 'suites')
const known = readdirSync(folder)
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -'.ts'.length))
  .sort()
const [wanted, ...rest] = parseArgs({ allowPositionals: true }).positionals
if (wanted !== undefined && !known.includes(wanted)) {
  console.error(`There is no suite "${wanted}"; there are ${known.join(', ')}.`)
  process.exit(1)
}

const pace: Pace = {
  rounds: Number(process.env.BENCH_ROUNDS ?? 3),
  seconds: Number(process.env.BENCH_SECONDS ?? 1.5),
  warmUpSeconds: Number(process.env.BENCH_WARM_UP ?? 3),
  concurrency: Number(process.env.BENCH_CONCURRENCY ?? 16),
}
let opened: Promise<BenchHouse> | undefined
const options: SuiteOptions = {
  pace,
  arguments: rest,
  house() {
    opened ??= openBenchHouse()
    return opened
  },
}
try {
  for (const name of wanted === undefined ? known : [wanted]) {
    const suite = (await import(path.join(folder, `${name}.ts`))) as Suite
    console.log(`\n=== ${name}: ${suite.title}`)
    await suite.run(options)
  }
} finally {
  await (await opened?.catch(() => undefined))?.close()
}
