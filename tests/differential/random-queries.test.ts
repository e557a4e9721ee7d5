import { describe, expect, it } from 'vitest'
import { compose, subgraphs } from '../../bench/supergraph/compose.ts'
import { campaign } from './campaign.ts'
import { ourRouter } from './contenders.ts'
import { mergedSchema } from './merged-schema.ts'

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 1e9))
const supergraph = compose()
const merged = mergedSchema(supergraph, subgraphs)

console.log(`SEED=${seed}`)

// `npm run differential -- 100000` is the longer run.
describe(`random queries (SEED=${seed})`, () => {
  it.each([
    { transport: 'in-process', cases: 1_700 },
    { transport: 'http', cases: 300 },
  ] as const)(
    'are answered by the router, subgraphs $transport, as by one schema',
    async ({ transport, cases }) => {
      const router = await ourRouter(supergraph, subgraphs, transport)
      try {
        const result = await campaign(merged, router, { seed, cases })
        expect(result.differences.join('\n\n')).toBe('')
        expect(result.cases).toBe(cases)
        expect(result.refused / cases).toBeLessThan(0.03)
        expect(result.beside).toBeLessThan(10)
        // The queries ask for something, and now and then for too much.
        expect(result.withData / cases).toBeGreaterThan(0.7)
        expect(result.withErrors / cases).toBeGreaterThan(0.15)
      } finally {
        await router.close()
      }
    },
    300_000,
  )
})
