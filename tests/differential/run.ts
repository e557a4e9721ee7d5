// npm run differential                     10,000 random queries through our router
// npm run differential -- 100000           as many as you like; SEED=… repeats a run
// npm run differential -- 10000 http       with the subgraphs over HTTP
// npm run differential -- 10000 plain      what Apollo's gateway makes of them
import { compose, subgraphs } from '../../bench/supergraph/compose.ts'
import { campaign } from './campaign.ts'
import { ourRouter, plainGateway } from './contenders.ts'
import { mergedSchema } from './merged-schema.ts'

const [cases = '10000', who = 'in-process'] = process.argv.slice(2)
const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))
const supergraph = compose()
const contender =
  who === 'plain'
    ? await plainGateway(supergraph, subgraphs)
    : await ourRouter(supergraph, subgraphs, who === 'http' ? 'http' : 'in-process')
console.log(`SEED=${seed}, ${cases} cases, ${who}`)
try {
  const result = await campaign(mergedSchema(supergraph, subgraphs), contender, {
    seed,
    cases: Number(cases),
    most: 20,
  })
  for (const difference of result.differences) console.log(`\n${difference}`)
  console.log(
    `\n${result.cases} cases, ${result.withData} with data, ${result.withErrors} with errors, ${result.refused} refused, ${result.beside} with errors of fields that they do not have, ${result.differences.length} differences`,
  )
  if (result.differences.length > 0) process.exitCode = 1
} finally {
  await contender.close()
}
