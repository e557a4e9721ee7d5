import assert from 'node:assert/strict'
import { queries } from '../house/scenario.ts'
import { answerTo } from '../measuring/load.ts'
import { measureInTurn, type Target } from '../measuring/rounds.ts'
import { printTable } from '../measuring/table.ts'
import type { SuiteOptions } from '../suite.ts'

export const title = 'our router and a plain Apollo gateway in front of the real domains with their database'

export async function run({ pace, house }: SuiteOptions): Promise<void> {
  const { url, router, databaseUrl, issuer, token, caller, variables, start } = await house()
  const plain = await start(
    'bench/house/plain-gateway.ts',
    { BENCH_CALLER: JSON.stringify(caller) },
    '/graphql?query=%7B__typename%7D',
  )
  const one = await start(
    'bench/house/one-process.ts',
    { BENCH_DATABASE: databaseUrl, BENCH_ISSUER: issuer },
    '/health/ready',
  )
  const authorization = () => `Bearer ${token}`
  const targets: Target[] = [
    { name: 'plain Apollo gateway, HTTP', ...plain, authorization },
    { name: 'Guildhall router, HTTP', url, process: router, authorization },
    { name: 'Guildhall in one process', ...one, authorization },
  ]
  for (const [name, query] of Object.entries(queries)) {
    const shot = { query, variables }
    const [expected, ...others] = await Promise.all(
      targets.map((target) => answerTo(target.url, shot, authorization())),
    )
    for (const other of others) assert.deepEqual(other, expected)
    printTable(name, await measureInTurn(targets, () => shot, pace))
  }
}
