// npm run differential                     10,000 random queries through our router
// npm run differential -- 100000           as many as you like; SEED=… repeats a run
// npm run differential -- 10000 http       with the subgraphs over HTTP
// npm run differential -- 10000 plain      what Apollo's gateway makes of them
// npm run differential -- 10000 in-process alone     tells also what Apollo's gateway gets wrong too
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
// Ours is told what only ours gets wrong; with "alone", everything.
const witness =
  who === 'plain' || process.argv.includes('alone') ? undefined : await plainGateway(supergraph, subgraphs)
console.log(`SEED=${seed}, ${cases} cases, ${who}`)
try {
  const result = await campaign(mergedSchema(supergraph, subgraphs), contender, {
    seed,
    cases: Number(cases),
    most: 20,
    ...(witness ? { witness } : {}),
  })
  for (const difference of result.differences) console.log(`\n${difference}`)
  console.log(
    `\n${result.cases} cases, ${result.withData} with data, ${result.withErrors} with errors, ${result.refused} refused, ${result.differences.length} differences, ${result.forgiven} where Apollo's gateway is wrong too`,
  )
  if (result.differences.length > 0) process.exitCode = 1
} finally {
  await contender.close()
  await witness?.close()
}
