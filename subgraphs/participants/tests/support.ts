import type { Person, TestOrganization, World } from '@guildhall/kit/testing/world'
import { eq } from 'drizzle-orm'
import { eventSeats, registrations } from '../tables.ts'

export const hourMs = 3_600_000

export interface SeenRegistration {
  id: string
  number: number
  status: string
}

export const selection = 'registration { id number status }'

/** A published event that starts in a week and lasts a day; participants have heard of it. */
export async function publishedEvent(
  world: World,
  organization: TestOrganization,
  over: object = {},
): Promise<string> {
  const id = await draftedEvent(world, organization, over)
  await transition(organization, id, 'PUBLISHED')
  await world.settle()
  return id
}

export async function draftedEvent(
  world: World,
  organization: TestOrganization,
  over: object = {},
): Promise<string> {
  const id = await newEvent(world, organization, over)
  await world.settle()
  return id
}

/** A published event of which participants have not heard. */
export async function unsettledEvent(
  world: World,
  organization: TestOrganization,
  over: object = {},
): Promise<string> {
  const id = await newEvent(world, organization, over)
  await transition(organization, id, 'PUBLISHED')
  return id
}

async function newEvent(world: World, organization: TestOrganization, over: object): Promise<string> {
  const start = world.clock.now().getTime() + 7 * 24 * hourMs
  const { event } = await organization.as('ORGANIZER').mutate<{ event: { id: string } }>(
    'createEvent',
    {
      organizationId: organization.id,
      title: 'Spring Hack',
      kind: 'HACKATHON',
      timezone: 'Europe/Zurich',
      startsAt: new Date(start).toISOString(),
      endsAt: new Date(start + 24 * hourMs).toISOString(),
      ...over,
    },
    'event { id }',
  )
  return event.id
}

export async function transition(organization: TestOrganization, id: string, to: string, reason?: string) {
  const { userErrors } = await organization
    .as('ORGANIZER')
    .mutate('transitionEvent', { id, to, reason }, 'event { id }')
  if (userErrors.length > 0) throw new Error(JSON.stringify(userErrors))
}

export async function register(
  person: Person,
  eventId: string,
  more: object = {},
): Promise<SeenRegistration> {
  const { registration, userErrors } = await person.mutate<{ registration: SeenRegistration }>(
    'registerForEvent',
    { eventId, ...more },
    selection,
  )
  if (userErrors.length > 0) throw new Error(JSON.stringify(userErrors))
  return registration
}

/** The code of the first user error, or the status that was reached. */
export async function act(person: Person, mutation: string, input: object): Promise<string> {
  const { registration, userErrors } = await person.mutate<{ registration: SeenRegistration | null }>(
    mutation,
    input,
    selection,
  )
  return userErrors[0]?.code ?? registration?.status ?? 'NOTHING'
}

export const people = (world: World, count: number): Person[] =>
  Array.from({ length: count }, () => world.person())

export async function one<T>(rows: Promise<T[]>): Promise<T> {
  const [row, ...others] = await rows
  if (row === undefined || others.length > 0) throw new Error('expected exactly one')
  return row
}

export const seatsOf = (world: World, eventId: string) =>
  one(world.rows(eventSeats, eq(eventSeats.id, eventId)))

/** Statuses in the order of registration. */
export async function statusesOf(world: World, eventId: string): Promise<string[]> {
  const rows = await world.rows(registrations, eq(registrations.eventId, eventId))
  return rows.sort((a, b) => a.number - b.number).map((row) => row.status)
}

/** What the schedule does every few seconds. */
export async function sweep(world: World): Promise<void> {
  const participants = world.host.subgraphs.participants
  if (!participants) throw new Error('participants do not run')
  for (const schedule of participants.definition.schedules) await schedule.run(participants.ownContext())
  await world.settle()
}
