import { uuidOf } from '@guildhall/kit/ids'
import type { Person, World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { announcementRecipients, announcements, notifications } from '../tables.ts'

/** An announcement as these tests select it. */
export interface Seen {
  id: string
  status: string
  version: number
  recipientCount: number
  pendingCount: number
  sentCount: number
  suppressedCount: number
  failedCount: number
  failure: string | null
  nextStatuses: string[]
  scheduledAt: string | null
}

const selection = `announcement {
  id status version recipientCount pendingCount sentCount suppressedCount failedCount failure nextStatuses scheduledAt
}`

/** Runs one of the mutations of announcements. */
export const act = (person: Person, mutation: string, input: object) =>
  person.mutate<{ announcement: Seen | null }>(mutation, input, selection)

/** The same, for what must go well. */
export async function must(person: Person, mutation: string, input: object): Promise<Seen> {
  const { announcement, userErrors } = await act(person, mutation, input)
  if (!announcement) throw new Error(`${mutation}: ${JSON.stringify(userErrors)}`)
  return announcement
}

/** What is wrong with an input, as `CODE path`. */
export const problems = async (person: Person, mutation: string, input: object): Promise<string[]> =>
  (await act(person, mutation, input)).userErrors.map(({ code, path }) => `${code} ${path.join('.')}`)

/** An announcement to all members of an organization. */
export const toMembers = (organizationId: string, more: object = {}) => ({
  organizationId,
  segment: { include: [{ members: {} }] },
  subject: 'The workshop is closed on Monday',
  body: 'We **mend the roof**.',
  ...more,
})

/** So many made-up members of an organization, as organizations would have told of them. */
export async function populate(
  world: World,
  organizationId: string,
  count: number,
  role = 'MEMBER',
): Promise<void> {
  const { sql } = world.host.database
  const pageSize = 20_000
  for (let from = 0; from < count; from += pageSize) {
    await sql`
      insert into notifications.member (organization_id, user_id, role)
      select ${uuidOf('org', organizationId)}::uuid, gen_random_uuid(), ${role}
      from generate_series(1, ${Math.min(pageSize, count - from)})`
  }
}

/** The row of an announcement. */
export async function rowOf(world: World, id: string) {
  const [row] = await world.rows(announcements, eq(announcements.id, id))
  if (!row) throw new Error(`no announcement ${id}`)
  return row
}

/** What its counts, its ledger and the inboxes say, which must be the same. */
export async function tallyOf(world: World, id: string) {
  const { status, recipientCount, sentCount, suppressedCount, failedCount } = await rowOf(world, id)
  const ledger = await world.rows(announcementRecipients, eq(announcementRecipients.announcementId, id))
  const inboxes = await world.rows(notifications, eq(notifications.cause, id))
  const inLedger = (wanted: string) => ledger.filter((row) => row.status === wanted).length
  return {
    status,
    counts: [recipientCount, sentCount, suppressedCount, failedCount],
    ledger: [ledger.length, inLedger('SENT'), inLedger('SUPPRESSED'), inLedger('FAILED')],
    inboxes: inboxes.length,
    people: new Set(inboxes.map((row) => row.recipientId)).size,
  }
}
