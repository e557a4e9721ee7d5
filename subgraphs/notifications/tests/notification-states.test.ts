import { done } from '@guildhall/kit/outcome'
import { createWorld, type World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  afterStep,
  type NotificationState,
  type NotificationStep,
  type NotificationTimes,
  notificationSteps,
  stateOf,
} from '../domain/notification-states.ts'
import { snoozeProblem } from '../domain/snooze.ts'
import { changeNotifications, lockInboxes } from '../inbox/change-notifications.ts'
import { notifications } from '../tables.ts'
import { inboxOf, noticeFor, ownContext, tell } from './support.ts'

const [long, now, until] = [new Date('2026-01-01'), new Date('2026-06-01'), new Date('2026-07-01')]
const none: NotificationTimes = {
  seenAt: null,
  readAt: null,
  archivedAt: null,
  snoozedUntil: null,
  wokenAt: null,
}

/** How one comes to be in each state. */
const examples: Record<NotificationState, NotificationTimes> = {
  UNSEEN: none,
  SEEN: { ...none, seenAt: long },
  READ: { ...none, seenAt: long, readAt: long },
  ARCHIVED: { ...none, seenAt: long, archivedAt: long },
  SNOOZED: { ...none, seenAt: long, readAt: long, snoozedUntil: until },
}
const states = Object.keys(examples) as NotificationState[]
const steps = Object.keys(notificationSteps) as NotificationStep[]

describe('the states of notifications', () => {
  it.each(states)('%s follows from the instants', (state) => {
    expect(stateOf(examples[state])).toBe(state)
  })

  it.each<[NotificationStep, Partial<Record<NotificationState, NotificationState>>]>([
    ['SEE', { UNSEEN: 'SEEN' }],
    ['READ', { UNSEEN: 'READ', SEEN: 'READ' }],
    ['UNREAD', { READ: 'SEEN' }],
    ['ARCHIVE', { UNSEEN: 'ARCHIVED', SEEN: 'ARCHIVED', READ: 'ARCHIVED', SNOOZED: 'ARCHIVED' }],
    // As it went in.
    ['UNARCHIVE', { ARCHIVED: 'SEEN' }],
    ['SNOOZE', { UNSEEN: 'SNOOZED', SEEN: 'SNOOZED', READ: 'SNOOZED', SNOOZED: 'SNOOZED' }],
    ['WAKE', { SNOOZED: 'UNSEEN' }],
    ['EXPIRE', { UNSEEN: 'ARCHIVED', SEEN: 'ARCHIVED', READ: 'ARCHIVED', SNOOZED: 'ARCHIVED' }],
  ])('change by %s as the table says, and not from elsewhere', (step, ways) => {
    for (const state of states) {
      const after = afterStep(examples[state], step, now, until)
      expect([state, stateOf(after)]).toEqual([state, ways[state] ?? state])
      if (!ways[state]) expect(after).toBe(examples[state])
    }
  })

  it('remember when something was first seen, and forget it when it wakes', () => {
    expect(afterStep(examples.SEEN, 'READ', now)).toEqual({ ...none, seenAt: long, readAt: now })
    expect(afterStep(examples.SNOOZED, 'WAKE', now)).toEqual({ ...none, wokenAt: now })
  })
})

it.each<[string, Date, string | undefined]>([
  ['before now', new Date(now.getTime() - 1), 'SNOOZE_IN_PAST'],
  ['now', now, 'SNOOZE_IN_PAST'],
  ['in a moment', new Date(now.getTime() + 1), undefined],
  ['in a year', new Date(now.getTime() + 365 * 86_400_000), undefined],
  ['later', new Date(now.getTime() + 365 * 86_400_000 + 1), 'SNOOZE_TOO_LONG'],
])('snoozing until %s', (_, instant, code) => {
  expect(snoozeProblem(instant, now)?.code).toBe(code)
})

describe('the database', () => {
  let world: World
  beforeAll(async () => {
    world = await createWorld(['notifications'])
  })
  afterAll(() => world.close())

  const cases = states.flatMap((state) => steps.map((step) => [step, state] as const))
  it.each(cases)('does by %s to one that is %s what the rules say', async (step, state) => {
    const person = world.person()
    await tell(world, [noticeFor(person.userId)])
    await world.host.database.db
      .update(notifications)
      .set(examples[state])
      .where(eq(notifications.recipientId, person.userId))
    const at = world.clock.now()
    const ctx = ownContext(world)
    await ctx.transaction('step', async (tx) => {
      await lockInboxes(tx, [person.userId])
      // Counts are not what this is about, and would be refused: the row was put there behind their back.
      await tx.execute('update notifications.recipient set unseen = 5, unread = 9, archived = 5, snoozed = 5')
      return done(await changeNotifications(tx, ctx, { step, recipientIds: [person.userId], until }))
    })
    const [row] = await inboxOf(world, person)
    const { seenAt, readAt, archivedAt, snoozedUntil, wokenAt } = row ?? none
    const expected = afterStep(examples[state], step, at, until)
    expect({ seenAt, readAt, archivedAt, snoozedUntil, wokenAt }).toEqual(expected)
    expect(row?.state).toBe(stateOf(expected))
  })
})
