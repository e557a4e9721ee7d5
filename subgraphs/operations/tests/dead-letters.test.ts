import { createWorld, type World } from '@guildhall/kit/testing/world'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { idempotency, operatorActs } from '../tables.ts'
import {
  actFields,
  createEvent,
  domains,
  exhaust,
  knownTitles,
  letters,
  mend,
  moveEvent,
  operator,
  poison,
  type SeenAct,
} from './support.ts'

let world: World
beforeEach(async () => {
  world = await createWorld(domains)
})
afterEach(() => world.close())

const redrive = (input: object, by = operator(world)) =>
  by.mutate<SeenAct>('redriveDeadLetters', { reason: 'Mended.', ...input }, actFields)
const discard = (input: object, by = operator(world)) =>
  by.mutate<SeenAct>('discardDeadLetters', { reason: 'Nobody misses it.', ...input }, actFields)

/** Two events that participants cannot take, in one organization with one that they can. */
async function twoDead() {
  const organization = world.organization()
  await poison(world, 'Poison')
  const bad = await createEvent(world, organization, 'Poison')
  const worse = await createEvent(world, organization, 'Poison too')
  await exhaust(world)
  await createEvent(world, organization, 'Good')
  await world.settle()
  return { organization, bad, worse }
}

describe('an event that cannot be handled', () => {
  it('is found among the dead letters while others go on, and has its effect once when it is tried again', async () => {
    const { organization, bad } = await twoDead()
    expect(await knownTitles(world)).toEqual(['Good'])
    const { nodes, totalCount, unavailableDomains } = await letters(operator(world))
    expect(nodes).toHaveLength(2)
    expect([totalCount, unavailableDomains]).toEqual([2, ['identity', 'judging']])
    const dead = nodes.find(({ event }) => event.aggregate === bad)
    expect(dead).toEqual({
      id: expect.stringMatching(/^ded_/),
      consumer: 'participants',
      attempts: 8,
      lastError: expect.stringMatching(/^PostgresError: cannot digest …@…\n.*Failed query: insert into/),
      event: { name: 'events.event.created', aggregate: bad, payload: expect.stringContaining('"Poison"') },
    })

    await mend(world)
    const { act, userErrors } = await redrive({ ids: [dead?.id] })
    expect(userErrors).toEqual([])
    expect(act).toEqual({
      id: expect.stringMatching(/^opa_/),
      kind: 'REDRIVE',
      affectedCount: 1,
      removedLetterIds: [dead?.id],
      unavailableDomains: ['identity', 'judging'],
      finishedAt: expect.any(String),
    })
    await world.settle()
    expect(await knownTitles(world)).toEqual(['Good', 'Poison'])
    expect((await letters(operator(world))).totalCount).toBe(1)
    await moveEvent(organization, bad, 'PUBLISHED')
    await world.settle()
    expect(
      await world.host.database.sql`select status from participants.event_seats where title = 'Poison'`,
    ).toEqual([{ status: 'PUBLISHED' }])
  })

  it('is shown to SUPPORT without what it says of people, and can be tried again by ADMIN alone', async () => {
    await twoDead()
    const support = operator(world, 'SUPPORT')
    const { nodes } = await letters(support)
    expect(nodes.map(({ event }) => event.payload)).toEqual([null, null])
    const one = '{ deadLetter(id: $id) { consumer event { payload } } }'
    const { data } = await support.run(`query ($id: ID!) ${one}`, { id: nodes[0]?.id })
    expect(data).toEqual({ deadLetter: { consumer: 'participants', event: { payload: null } } })
    for (const person of [support, world.organization().as('OWNER')]) {
      await expect(redrive({ filter: {} }, person)).rejects.toThrow('FORBIDDEN')
      await expect(discard({ filter: {} }, person)).rejects.toThrow('FORBIDDEN')
    }
    await expect(discard({ filter: {} }, operator(world, 'ADMIN', false))).rejects.toThrow('STEP_UP_REQUIRED')
    expect(await world.rows(operatorActs)).toEqual([])
    expect((await letters(support)).totalCount).toBe(2)
  })

  it('is tried again once by eight operators who all want it at the same time', async () => {
    await twoDead()
    await mend(world)
    const { nodes } = await letters(operator(world))
    const ids = nodes.map(({ id }) => id)
    const acts = await Promise.all(Array.from({ length: 8 }, () => redrive({ ids })))
    expect(acts.flatMap(({ act }) => act?.removedLetterIds ?? []).sort()).toEqual(ids.sort())
    await world.settle()
    expect(await knownTitles(world)).toEqual(['Good', 'Poison', 'Poison too'])
    expect(await world.rows(operatorActs)).toHaveLength(8)
  })

  it('is tried again once for the same key, and the answer is the same', async () => {
    await twoDead()
    const admin = operator(world)
    const first = await redrive({ filter: { consumer: 'participants' }, idempotencyKey: 'k' }, admin)
    await exhaust(world)
    expect((await letters(admin)).totalCount).toBe(2)
    expect(await redrive({ filter: { consumer: 'participants' }, idempotencyKey: 'k' }, admin)).toEqual(first)
    expect((await letters(admin)).totalCount).toBe(2)
    const other = await redrive({ filter: {}, idempotencyKey: 'k' }, admin)
    expect(other.userErrors.map(({ code }) => code)).toEqual(['IDEMPOTENCY_KEY_REUSED'])
    expect(await world.rows(operatorActs)).toHaveLength(1)
    expect(await world.rows(idempotency)).toHaveLength(1)
  })

  it('has no effect after it was discarded, also when it is delivered again', async () => {
    const { bad } = await twoDead()
    await mend(world)
    const { act } = await discard({ filter: { aggregate: bad } })
    expect(act).toMatchObject({ kind: 'DISCARD', affectedCount: 1 })
    await world.host.database.sql`update events.outbox set sent_at = null where aggregate = ${bad}`
    await world.settle()
    expect(await knownTitles(world)).toEqual(['Good'])
    const left = await letters(operator(world))
    expect(left.nodes.map(({ event }) => event.payload)).toEqual([expect.stringContaining('Poison too')])
  })

  it('is tried again before what waits behind it, and what a crash has left is ended', async () => {
    await twoDead()
    await mend(world)
    await world.host.database.sql`
      insert into operations.operator_act (id, kind, actor_id, reason, filter, "limit", created_at, leased_until)
      values (gen_random_uuid(), 'REDRIVE', gen_random_uuid(), 'Mended.', '{}', 100, now(), now() - interval '1 second')`
    await world.settle()
    expect(await knownTitles(world)).toEqual(['Good', 'Poison', 'Poison too'])
    expect(await world.rows(operatorActs)).toMatchObject([
      { finishedAt: expect.any(Date), leasedUntil: null, letterIds: { length: 2 } },
    ])
  })
})

describe('the list of dead letters', () => {
  it('goes on page by page, and is narrowed by what is asked for', async () => {
    const { worse } = await twoDead()
    const admin = operator(world)
    const first = await letters(admin, 'first: 1')
    const second = await letters(admin, `first: 1, after: "${first.pageInfo.endCursor}"`)
    expect([first, second].map(({ pageInfo, totalCount }) => [pageInfo.hasNextPage, totalCount])).toEqual([
      [true, 2],
      [false, 2],
    ])
    expect(new Set([...first.nodes, ...second.nodes].map(({ id }) => id)).size).toBe(2)
    const count = async (filter: string) => (await letters(admin, `filter: { ${filter} }`)).totalCount
    expect(await count(`aggregate: "${worse}"`)).toBe(1)
    expect(await count('eventName: "events.event.created"')).toBe(2)
    expect(await count('eventName: "events.event.updated"')).toBe(0)
    expect(await count('consumer: "projects"')).toBe(0)
    expect(await count('deadAfter: "2100-01-01T00:00:00.000Z"')).toBe(0)
    const { errors } = await admin.run('{ deadLetters(after: "bad") { totalCount } }')
    expect(errors.map(({ code }) => code)).toEqual(['BAD_USER_INPUT'])
  })

  it('refuses what cannot be meant', async () => {
    const codes = async (input: object) => {
      const { userErrors } = await redrive(input)
      return userErrors.map(({ code, path }) => `${code} ${path.join('.')}`)
    }
    expect(await codes({})).toEqual(['INVALID_VALUE input.ids'])
    expect(await codes({ ids: [], filter: {} })).toContain('INVALID_VALUE input.ids')
    expect(await codes({ ids: ['usr_01h455vb4pex5vsknk084sn02q'] })).toEqual(['INVALID_VALUE input.ids'])
    expect(await codes({ filter: {}, limit: 501 })).toEqual(['INVALID_VALUE input.limit'])
    expect(await codes({ filter: { consumer: 'nobody' } })).toEqual(['NOT_FOUND input.filter.consumer'])
    expect(await codes({ filter: {}, reason: ' ' })).toEqual(['TOO_SHORT input.reason'])
    expect(await codes({ filter: {}, reason: 'x'.repeat(501) })).toEqual(['TOO_LONG input.reason'])
    expect(await world.rows(operatorActs)).toEqual([])
  })
})
