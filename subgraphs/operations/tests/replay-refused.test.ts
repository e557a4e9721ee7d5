import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { eventReplays, operatorActs } from '../tables.ts'
import { createEvent, domains, operator } from './support.ts'

let world: World
let admin: Person
beforeEach(async () => {
  world = await createWorld(domains)
  admin = operator(world)
})
afterEach(() => world.close())

describe('a replay is refused', () => {
  const codes = async (publisher: string, consumer: string, more: object = {}) => {
    const { userErrors } = await admin.mutate(
      'replayEvents',
      { publisher, consumer, reason: 'Damaged.', ...more },
      'replay { id }',
    )
    return userErrors.map(({ code, path }) => `${code} ${path.join('.')}`)
  }

  it('of what must not happen twice, with the names of the events', async () => {
    const { data } = await admin.run(
      `mutation ($input: ReplayEventsInput!) { replayEvents(input: $input) {
        replay { id } userErrors { __typename code ... on NotReplayableError { eventNames } } } }`,
      {
        input: {
          publisher: 'organizations',
          consumer: 'notifications',
          eventNames: ['organizations.membership.changed', 'organizations.invitation.created'],
          reason: 'Damaged.',
        },
      },
    )
    expect(data).toEqual({
      replayEvents: {
        replay: null,
        userErrors: [
          {
            __typename: 'NotReplayableError',
            code: 'NOT_REPLAYABLE',
            eventNames: ['organizations.invitation.created'],
          },
        ],
      },
    })
    expect(await codes('participants', 'notifications')).toEqual(['NOT_REPLAYABLE input.eventNames'])
    expect(await codes('events', 'events')).toEqual(['NOT_REPLAYABLE input.eventNames'])
    expect(await world.rows(eventReplays)).toEqual([])
    expect(await world.rows(operatorActs)).toEqual([])
  })

  it('while one of the same is under way, to all but one of five', async () => {
    await createEvent(world, world.organization(), 'Old')
    await world.settle()
    const replies = await world.host.database.sql.begin(async (tx) => {
      // Nothing can be put into a mailbox, so that none of them ends.
      await tx`lock table bus.delivery in exclusive mode`
      return Promise.all(Array.from({ length: 5 }, () => codes('events', 'projects')))
    })
    expect(
      replies
        .map(([code]) => code ?? 'ACCEPTED')
        .sort()
        .at(0),
    ).toBe('ACCEPTED')
    expect(new Set(replies.flat())).toEqual(new Set(['REPLAY_RUNNING input.consumer']))
  })

  it('when the log has lost the beginning, and for ranges that are none', async () => {
    await createEvent(world, world.organization(), 'Old')
    await createEvent(world, world.organization(), 'New')
    await world.settle()
    await world.host.database.sql`delete from events.outbox where seq = 1`
    expect(await codes('events', 'projects')).toEqual(['RANGE_NOT_KEPT input.fromAt'])
    expect(await codes('events', 'projects', { fromSeq: 1 })).toEqual(['RANGE_NOT_KEPT input.fromAt'])
    expect(await codes('events', 'projects', { fromAt: '2020-01-01T00:00:00.000Z' })).toEqual([
      'RANGE_NOT_KEPT input.fromAt',
    ])
    expect(await codes('events', 'projects', { fromSeq: 3, toSeq: 2 })).toEqual(['INVALID_VALUE input.toSeq'])
    expect(
      await codes('events', 'nobody', { fromSeq: 1, fromAt: '2020-01-01T00:00:00.000Z', reason: '' }),
    ).toEqual(['TOO_SHORT input.reason', 'INVALID_VALUE input.fromSeq', 'NOT_FOUND input.consumer'])
    expect(await codes('events', 'projects', { fromSeq: 2 })).toEqual([])
    await world.settle()
  })

  it('to those who may only look', async () => {
    const input = { publisher: 'events', consumer: 'projects', reason: 'Curiosity.' }
    for (const person of [operator(world, 'SUPPORT'), world.person()])
      await expect(person.mutate('replayEvents', input, 'replay { id }')).rejects.toThrow('FORBIDDEN')
    expect(await world.rows(eventReplays)).toEqual([])
  })
})
