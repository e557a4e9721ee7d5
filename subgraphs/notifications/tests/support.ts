import type { EventTerms } from '@guildhall/events/contract'
import type { Context } from '@guildhall/kit/context'
import type { EventContract } from '@guildhall/kit/contract'
import { newId } from '@guildhall/kit/ids'
import { done } from '@guildhall/kit/outcome'
import type { Person, World } from '@guildhall/kit/testing/world'
import { and, asc, eq, isNotNull } from 'drizzle-orm'
import { countsOf as countsOfHead, noCounts } from '../domain/counts.ts'
import type { Notice } from '../domain/notice.ts'
import { type Delivered, deliver } from '../inbox/deliver.ts'
import type { Ctx } from '../loaders.ts'
import { notifications, recipients } from '../tables.ts'

export const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i))

/** A notice as a reaction would make it. */
export const noticeFor = (recipientId: string, more: Partial<Notice> = {}): Notice => ({
  type: 'project.submitted',
  recipientId,
  title: 'Your team handed in Solar Kettle',
  body: null,
  actorId: null,
  subjectId: null,
  eventId: null,
  registrationId: null,
  scopeIds: [],
  ...more,
})

/** A published event, as its domain would tell of it. */
export const termsOf = (more: Partial<EventTerms> = {}): EventTerms => ({
  eventId: newId('evt'),
  organizationId: newId('org'),
  title: 'Spring Hack',
  slug: 'spring-hack',
  kind: 'HACKATHON',
  status: 'PUBLISHED',
  visibility: 'PUBLIC',
  timezone: 'UTC',
  startsAt: '2030-01-01T00:00:00.000Z',
  endsAt: '2030-01-02T00:00:00.000Z',
  venue: null,
  onlineUrl: null,
  registrationOpensAt: null,
  registrationClosesAt: null,
  capacity: null,
  isWaitlistEnabled: true,
  approvalMode: 'AUTO',
  offerHours: 24,
  submissionDeadline: null,
  graceMinutes: 0,
  minTeamSize: 1,
  maxTeamSize: 5,
  tracks: [],
  prizes: [],
  version: 1,
  ...more,
})

const runtimeOf = (world: World, domain: string) => {
  const subgraph = world.host.subgraphs[domain]
  if (!subgraph) throw new Error(`${domain} does not run here`)
  return subgraph
}

/** The domain's own context, as reactions have it. */
export const ownContext = (world: World): Context => runtimeOf(world, 'notifications').ownContext()

/** The context of a person's operation. */
export const contextOf = async (world: World, person: Person): Promise<Ctx> =>
  (await runtimeOf(world, 'notifications').contextFor(await world.signer(person.caller))) as Ctx

/** Delivers notices in a transaction of their own, as a reaction would. */
export async function tell(
  world: World,
  notices: readonly Notice[],
  cause: string = newId('evt'),
): Promise<Delivered> {
  const ctx = ownContext(world)
  const outcome = await ctx.transaction('tell', async (tx) => done(await deliver(tx, ctx, cause, notices)))
  if (!outcome.ok) throw new Error('deliver does not fail by outcome')
  return outcome.value
}

/** Tells one person so many things, one after the other. */
export async function tellTimes(world: World, person: Person, count: number): Promise<void> {
  for (const index of times(count, (i) => i)) {
    await tell(world, [noticeFor(person.userId, { title: `Number ${index}` })])
  }
}

/** Publishes an event of another domain as that domain would, and waits for what follows. */
export async function publish<Payload>(
  world: World,
  event: EventContract<Payload>,
  payload: Payload,
): Promise<void> {
  const ctx = runtimeOf(world, event.name.slice(0, event.name.indexOf('.'))).ownContext()
  await ctx.transaction('publish', async (tx) => {
    await tx.emit(event, payload)
    return done(null)
  })
  await world.settle()
}

/** What the inbox of a person holds, in order; not what only leaves by other channels. */
export const inboxOf = (world: World, { userId }: Pick<Person, 'userId'>) =>
  world.host.database.db
    .select()
    .from(notifications)
    .where(and(eq(notifications.recipientId, userId), isNotNull(notifications.seq)))
    .orderBy(asc(notifications.seq))

/** The counter of a person beside what it must be. */
export async function countsOf(world: World, person: Pick<Person, 'userId'>) {
  const [head] = await world.rows(recipients, eq(recipients.id, person.userId))
  const rows = await inboxOf(world, person)
  return {
    counter: head?.unread ?? 0,
    unreadRows: rows.filter((row) => row.readAt === null).length,
    seq: head?.seq ?? 0,
    rows: rows.length,
  }
}

/** All counters of a person, and what the table says they must be; both as of one moment, whoever else is at work. */
export const allCountsOf = (world: World, { userId }: Pick<Person, 'userId'>) =>
  world.host.database.db.transaction(
    async (tx) => {
      const [head] = await tx.select().from(recipients).where(eq(recipients.id, userId))
      const rows = await tx.select().from(notifications).where(eq(notifications.recipientId, userId))
      const among = (...wanted: string[]) => rows.filter((row) => wanted.includes(row.state)).length
      return {
        counters: countsOfHead(head ?? noCounts),
        table: {
          unseen: among('UNSEEN'),
          unread: among('UNSEEN', 'SEEN'),
          archived: among('ARCHIVED'),
          snoozed: among('SNOOZED'),
        },
      }
    },
    { isolationLevel: 'repeatable read' },
  )
