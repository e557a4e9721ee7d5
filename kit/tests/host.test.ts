import { sql } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { reactTo } from '../events/envelope.ts'
import { done } from '../outcome.ts'
import { boxMade, contextIn } from './support/toy.ts'
import { startToyHost } from './support/toy-host.ts'
import { seenOf } from './support/toy-process.ts'
import { declareToy } from './support/toy-subgraph.ts'

it('settles on what can be handled now: a failed reaction and what waits behind it are left for later', async () => {
  const definition = declareToy({
    reactions: [
      reactTo(boxMade, {
        async apply(tx, { payload: { boxId, no } }) {
          if (boxId === 'bad' && no === 1) throw new Error('bad')
          await tx.execute(
            sql`insert into toy.seen (consumer, aggregate, no) values ('toy', ${boxId}, ${no})`,
          )
        },
      }),
    ],
  })
  const house = await startToyHost([definition])
  const runtime = house.host.subgraphs.toy?.runtime ?? house.toy.runtime
  for (const [boxId, no] of [
    ['bad', 1],
    ['bad', 2],
    ['good', 1],
    ['good', 2],
  ] as const) {
    await contextIn(runtime).transaction('emit', async (tx) => {
      await tx.emit(boxMade, { boxId, no })
      return done(null)
    })
  }
  const startedAt = performance.now()
  await house.host.settle()
  expect(performance.now() - startedAt).toBeLessThan(900)
  expect([await seenOf(house.toy, 'bad'), await seenOf(house.toy, 'good')]).toEqual([[], [1, 2]])
  expect(house.lines.filter(({ msg }) => msg === 'reaction failed')).toMatchObject([
    { level: 50, consumer: 'toy', event: 'toy.box.made', err: { message: 'bad' } },
  ])
  await house.close()
})

it('does not start when domains contradict each other', async () => {
  const sdl = 'type Query { a: Int @requiresScopes(scopes: [["nobody:knows"]]) }'
  await expect(startToyHost([declareToy({ sdl, resolvers: {} })])).rejects.toThrow(
    'the house breaks conventions:\n- Query.a requires nobody:knows, which no contract declares',
  )
})

it('asks other domains as itself or as the caller, and gives them nothing in a caller who may not', async () => {
  const house = await startToyHost([declareToy()])
  const { peers } = house.host.subgraphs.toy?.runtime ?? house.toy.runtime
  expect(await peers.ask('toy', '{ inside }', {})).toEqual({ inside: 'inside' })
  await expect(peers.ask('toy', '{ inside }', {}, await house.token())).rejects.toMatchObject({
    extensions: { code: 'SERVICE_UNAVAILABLE' },
    cause: expect.objectContaining({ extensions: expect.objectContaining({ code: 'FORBIDDEN' }) }),
  })
  await expect(peers.ask('nowhere', '{ a }', {})).rejects.toMatchObject({
    extensions: { code: 'SERVICE_UNAVAILABLE' },
  })
  expect(await peers.entity('toy', 'Box', 'box_x', 'id')).toBeNull()
  await house.close()
})
