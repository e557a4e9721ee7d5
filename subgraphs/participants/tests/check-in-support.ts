import { newId } from '@guildhall/kit/ids'
import type { Person, TestOrganization, World } from '@guildhall/kit/testing/world'
import { asc, eq } from 'drizzle-orm'
import { checkIns } from '../tables.ts'
import { people, publishedEvent, register } from './support.ts'

export interface Door {
  organization: TestOrganization
  organizer: Person
  /** Stands at the doors of this event and is nobody else in the organization. */
  staff: Person
  eventId: string
  listId: string
}

/** A published event with a list, and somebody at its door. */
export async function door(world: World, list: object = {}, event: object = {}): Promise<Door> {
  const organization = world.organization()
  const organizer = organization.as('ORGANIZER')
  const eventId = await publishedEvent(world, organization, event)
  const staff = await staffOf(world, organization, eventId)
  return { organization, organizer, staff, eventId, listId: await listFor(organizer, eventId, list) }
}

export async function staffOf(
  world: World,
  organization: TestOrganization,
  eventId: string,
): Promise<Person> {
  const staff = world.person()
  const { userErrors } = await organization
    .as('OWNER')
    .mutate(
      'grantEventRoles',
      { eventId, userId: staff.userId, roles: ['CHECKIN_STAFF'] },
      'membership { roles }',
    )
  if (userErrors.length > 0) throw new Error(JSON.stringify(userErrors))
  await world.settle()
  return staff
}

export async function listFor(organizer: Person, eventId: string, list: object = {}): Promise<string> {
  const { checkInList, userErrors } = await organizer.mutate<{ checkInList: { id: string } | null }>(
    'createCheckInList',
    { eventId, name: 'Main door', ...list },
    'checkInList { id }',
  )
  if (!checkInList) throw new Error(JSON.stringify(userErrors))
  return checkInList.id
}

export interface Guest {
  person: Person
  registrationId: string
  secret: string
}

/** People with a seat and a ticket. */
export const guests = (world: World, eventId: string, count: number, more: object = {}): Promise<Guest[]> =>
  Promise.all(people(world, count).map((person) => guest(person, eventId, more)))

export async function guest(person: Person, eventId: string, more: object = {}): Promise<Guest> {
  const { id } = await register(person, eventId, { idempotencyKey: newId('key'), ...more })
  return { person, registrationId: id, secret: await secretFor(person, id) }
}

export async function secretFor(person: Person, registrationId: string): Promise<string> {
  const { data } = await person.run<{ registration: { ticket: { secret: string } | null } | null }>(
    'query ($id: ID!) { registration(id: $id) { ticket { secret } } }',
    { id: registrationId },
  )
  return data.registration?.ticket?.secret ?? 'none'
}

let nonces = 0
export const nonce = (): string => `nonce-${++nonces}`

export interface SeenCheckIn {
  id: string
  result: string
  errorReason: string | null
  peopleCount: number
}

const seen = 'checkIn { id result errorReason peopleCount }'

/** A scan may be sent again without a key: its nonce is one. So devices do on a busy machine. */
const patient = { idempotencyKey: null }

export const scan = (person: Person, listId: string, secret: string, more: object = {}) =>
  person.mutate<{ checkIn: SeenCheckIn | null }>(
    'checkIn',
    { listId, secret, nonce: nonce(), deviceId: 'gate-1', ...patient, ...more },
    seen,
  )

/** What the device shows: OK, or the code of the refusal. */
export async function said(
  person: Person,
  listId: string,
  secret: string,
  more: object = {},
): Promise<string> {
  const { checkIn, userErrors } = await scan(person, listId, secret, more)
  return userErrors[0]?.code ?? checkIn?.result ?? 'NOTHING'
}

export async function countsOf(person: Person, listId: string) {
  const { data } = await person.run<{ checkInList: { counts: Record<string, number> } | null }>(
    'query ($id: ID!) { checkInList(id: $id) { counts { enteredCount exitedCount insideCount rejectedCount } } }',
    { id: listId },
  )
  return data.checkInList?.counts ?? null
}

/** The log of a list, in the order in which scans arrived. */
export const logOf = async (world: World, listId: string) =>
  world.host.database.db
    .select()
    .from(checkIns)
    .where(eq(checkIns.listId, listId))
    .orderBy(asc(checkIns.arrival))

export interface OfflineScan {
  secret: string
  type: 'ENTRY' | 'EXIT'
  nonce: string
  at: string
  isForced?: boolean
}

export const minutesAgo = (world: World, minutes: number): string =>
  new Date(world.clock.now().getTime() - minutes * 60_000).toISOString()

export const upload = async (person: Person, listId: string, scans: OfflineScan[], deviceId = 'gate-1') => {
  const { checkIns, userErrors } = await person.mutate<{
    checkIns: { id: string; result: string; errorReason: string | null }[]
  }>('checkInMany', { listId, deviceId, scans, ...patient }, 'checkIns { id result errorReason }')
  if (userErrors.length > 0) throw new Error(JSON.stringify(userErrors))
  return checkIns
}
