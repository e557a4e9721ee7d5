import { createWorld, type World } from '@guildhall/kit/testing/world'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { domains, operator } from './support.ts'

let world: World
beforeAll(async () => {
  world = await createWorld(domains)
})
afterAll(() => world.close())

const input = { filter: {}, reason: ' Mended. ' }

it('what operators did is kept with who and why, the latest first, and told to whoever asks for their data', async () => {
  const [first, second] = [operator(world), operator(world)]
  for (const admin of [first, second]) {
    await admin.mutate('redriveDeadLetters', input, 'act { id }')
    world.clock.advance(1_000)
  }
  const page =
    'totalCount nodes { id kind reason affectedCount actor { id } replay { id } } pageInfo { endCursor }'
  interface Seen {
    operatorActs: { nodes: { id: string; actor: { id: string } }[]; pageInfo: { endCursor: string } }
  }
  const support = operator(world, 'SUPPORT')
  const { data } = await support.run<Seen>(`{ operatorActs(first: 1) { ${page} } }`)
  expect(data.operatorActs).toMatchObject({
    totalCount: 2,
    nodes: [
      { kind: 'REDRIVE', reason: 'Mended.', affectedCount: 0, actor: { id: second.userId }, replay: null },
    ],
  })
  const after = data.operatorActs.pageInfo.endCursor
  const next = await support.run<Seen>(`{ operatorActs(first: 1, after: "${after}") { ${page} } }`)
  expect(next.data.operatorActs.nodes.map(({ actor }) => actor.id)).toEqual([first.userId])

  const told = (await world.host.upstreams.operations?.execute({
    query: 'query ($id: ID!) { personalData(userId: $id) }',
    variables: { id: first.userId },
    context: await world.signer(world.service.caller),
  })) as { data: { personalData: string } } | undefined
  expect(JSON.parse(told?.data.personalData ?? '{}')).toMatchObject({
    operatorActs: [{ kind: 'REDRIVE', reason: 'Mended.' }],
  })

  const id = next.data.operatorActs.nodes[0]?.id ?? ''
  expect(await support.entity('operations', 'OperatorAct', id, 'id reason')).toEqual({
    id,
    reason: 'Mended.',
  })
  expect(await world.person().entity('operations', 'OperatorAct', id, 'id reason')).toBeNull()
})
