import { newId, uuidOf } from '@guildhall/kit/ids'
import { done } from '@guildhall/kit/outcome'
import { seededRandom } from '@guildhall/kit/testing/seeded-random'
import { createWorld, type Person, type World } from '@guildhall/kit/testing/world'
import { membershipChanged } from '@guildhall/organizations/contract'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { askDomain, orderDomain } from '../ask-domains.ts'
import { eventReplays, operatorActs } from '../tables.ts'
import { createEvent, domains, moveEvent, operator } from './support.ts'

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000)

let world: World
let admin: Person
beforeEach(async () => {
  world = await createWorld(domains)
  admin = operator(world)
})
afterEach(() => world.close())

interface SeenReplay {
  replay: { id: string; eventNames: string[] } | null
}
const replay = (publisher: string, consumer: string, more: object = {}) =>
  admin.mutate<SeenReplay>(
    'replayEvents',
    { publisher, consumer, reason: 'The table was damaged.', ...more },
    'replay { id eventNames }',
  )
const progress = async (id: string | undefined) => {
  const { data } = await admin.run(
    'query ($id: ID!) { replay(id: $id) { status depositedCount waitingCount deadCount lastError } }',
    { id },
  )
  return data
}
const everything = (table: string) => world.host.database.sql.unsafe(`select * from ${table} order by 1, 2`)
const [organizationId, userId] = [newId('org'), newId('usr')]

/** Of the last thing that was told of a membership. */
let version = 0

/** Tells that somebody has a role, as organizations would. */
async function tellRole(role: 'MEMBER' | 'ADMIN' | null, user = userId): Promise<void> {
  const change = role === null ? 'LEFT' : 'ROLE_CHANGED'
  await world.host.subgraphs.organizations?.ownContext().transaction('tellRole', async (tx) => {
    await tx.emit(membershipChanged, {
      organizationId,
      organizationName: 'Makers',
      userId: user,
      role,
      change,
      version: ++version,
      actorId: null,
    })
    return done(null)
  })
}

/** Three events in different states; the last one was called off. */
async function threeEvents() {
  const organization = world.organization()
  await createEvent(world, organization, 'Draft')
  const running = await createEvent(world, organization, 'Running')
  for (const status of ['PUBLISHED', 'IN_PROGRESS']) await moveEvent(organization, running, status)
  const called = await createEvent(world, organization, 'Called off')
  for (const status of ['PUBLISHED', 'CANCELLED']) await moveEvent(organization, called, status)
  await world.settle()
  await world.host.database.sql`update participants.event_seats set is_calling_off = false`
}

describe('a replay', () => {
  it.each([
    ['participants', 'participants.event_seats'],
    ['projects', 'projects.event_terms'],
  ])('rebuilds what %s knew of events', async (consumer, table) => {
    await threeEvents()
    const before = await everything(table)
    expect(before).toHaveLength(3)
    await world.host.database.sql.unsafe(`truncate ${table} cascade`)
    const { replay: made } = await replay('events', consumer)
    expect(made?.eventNames).toEqual([
      'events.event.created',
      'events.event.status_changed',
      'events.event.updated',
      'events.membership.changed',
    ])
    await world.settle()
    expect(await everything(table)).toEqual(before)
    expect(await progress(made?.id)).toEqual({
      replay: { status: 'DONE', depositedCount: 10, waitingCount: 0, deadCount: 0, lastError: null },
    })
    expect(await world.rows(operatorActs)).toMatchObject([{ kind: 'REPLAY', replayId: made?.id }])
  })

  it('rebuilds the list of members, and tells nobody anything again', async () => {
    for (const role of ['MEMBER', 'ADMIN'] as const) await tellRole(role)
    await tellRole('MEMBER', newId('usr'))
    await tellRole(null, newId('usr'))
    await world.settle()
    const members = await everything('notifications.member')
    expect(members.map(({ role }) => role).sort()).toEqual(['ADMIN', 'MEMBER', null])
    const told = await world.host.database.sql`delete from notifications.notification returning id`
    expect(told.length).toBeGreaterThan(0)
    await world.host.database.sql`delete from notifications.member`
    await replay('organizations', 'notifications')
    await world.settle()
    expect(await everything('notifications.member')).toEqual(members)
    expect(await everything('notifications.notification')).toEqual([])
  })

  it('gives the latest event the last word, also of a range that has ended before and while others arrive', async () => {
    const random = seededRandom(seed)
    const people = Array.from({ length: 4 }, () => newId('usr'))
    const last = new Map<string, string | null>()
    const change = async () => {
      const who = people[Math.floor(random() * people.length)] ?? ''
      const role = (['MEMBER', 'ADMIN', null] as const)[Math.floor(random() * 3)] ?? null
      last.set(who, role)
      await tellRole(role, who)
    }
    for (let no = 0; no < 20; no++) await change()
    await world.settle()
    const { replay: made, userErrors } = await replay('organizations', 'notifications', {
      fromSeq: 1,
      toSeq: 10,
    })
    expect(userErrors).toEqual([])
    for (let no = 0; no < 20; no++) await change()
    await world.settle()
    const known = await world.host.database
      .sql`select user_id as id, role from notifications.member where role is not null`
    const roles = Object.fromEntries(known.map(({ id, role }) => [id, role]))
    const expected = [...last].flatMap(([id, role]) => (role === null ? [] : [[uuidOf('usr', id), role]]))
    expect(roles, `SEED=${seed}`).toEqual(Object.fromEntries(expected))
    expect(await progress(made?.id)).toMatchObject({ replay: { status: 'DONE', waitingCount: 0 } })
  })

  it('goes on after a crash between a page and its remembrance, with each event applied once', async () => {
    await threeEvents()
    const before = await everything('participants.event_seats')
    await world.host.database.sql`truncate participants.event_seats cascade`
    // Handles copies, but nobody moves the replay on yet.
    await world.host.database.sql`
      insert into operations.event_replay
        (id, publisher, consumer, event_names, from_seq, position, status, moved_at, requested_by_id, reason, created_at,
         holder, leased_until)
      values (gen_random_uuid(), 'events', 'participants', '{events.event.created,events.event.status_changed}', 1, 0,
        'RUNNING', now(), gen_random_uuid(), 'Damaged.', now(), gen_random_uuid(), now() + interval '1 hour')`
    const [row] = await world.rows(eventReplays)
    const ctx = world.host.subgraphs.operations?.ownContext()
    if (!row || !ctx) throw new Error('no replay')
    const page = await askDomain(ctx, 'events', {
      ask: 'logPage',
      names: row.eventNames,
      fromSeq: 1,
      toSeq: null,
      after: 0,
      limit: 5,
    })
    await orderDomain(ctx, 'participants', {
      order: 'deposit',
      replayId: uuidOf('rpl', row.id),
      envelopes: page.envelopes,
    })
    await world.settle()
    await world.host.database
      .sql`update operations.event_replay set leased_until = now() - interval '1 second'`
    await world.settle()
    expect(await everything('participants.event_seats')).toEqual(before)
    const copies = await world.host.database.sql`
      select 1 from participants.inbox where event_id not in (select id from events.outbox)`
    expect(copies).toHaveLength(7)
    expect(await progress(row.id)).toMatchObject({ replay: { status: 'DONE', depositedCount: 7 } })
  })

  it.each([
    ['CANCELLED', 3],
    ['ARCHIVED', 4],
  ])(
    'calls off what was called off, when its terms are rebuilt as %s before that is heard',
    async (status, at) => {
      const organization = world.organization()
      const eventId = await createEvent(world, organization, 'Called off')
      await moveEvent(organization, eventId, 'PUBLISHED')
      await world.settle()
      const guest = world.person()
      await guest.mutate('registerForEvent', { eventId }, 'registration { id }')
      // The news waits behind something that nobody can handle yet.
      await world.host.database.sql`
      insert into bus.delivery (consumer, event_id, aggregate, envelope, available_at)
      values ('participants', gen_random_uuid(), ${eventId}, '{}', now() + interval '1 hour')`
      await moveEvent(organization, eventId, 'CANCELLED')
      if (status === 'ARCHIVED') await moveEvent(organization, eventId, status)
      await world.settle()
      // As a replay leaves it that has read the log meanwhile.
      await world.host.database
        .sql`update participants.event_seats set status = ${status}, terms_version = ${at}`
      await world.host.database.sql`delete from bus.delivery where envelope = '{}'`
      await world.settle()
      expect(await world.host.database.sql`select status from participants.registration`).toEqual([
        { status: 'CANCELLED' },
      ])
    },
  )
})
