import { newId } from '@guildhall/kit/ids'
import type { Person, TestOrganization, World } from '@guildhall/kit/testing/world'
import contract from '../contract.ts'

/** The domains that these tests have to do with; identity and judging are away in them. */
export const domains = ['events', 'notifications', 'operations', 'organizations', 'participants', 'projects']

/** Somebody with a role on the platform, who has just proved who they are. */
export const operator = (world: World, role: 'ADMIN' | 'SUPPORT' = 'ADMIN', steppedUp = true): Person =>
  world.personWith({
    kind: 'user',
    userId: newId('usr'),
    sessionId: newId('ses'),
    platformRoles: [role],
    platformPermissions: Object.entries(contract.permissions)
      .filter(([, { heldByPlatform = [] }]) => heldByPlatform.includes(role))
      .map(([name]) => name),
    grants: {},
    ...(steppedUp ? { steppedUpUntilMs: Date.UTC(2100, 0) } : {}),
  })

/** Makes participants fail at every event with a title that begins like this. */
export async function poison(world: World, title: string): Promise<void> {
  await world.host.database.sql.unsafe(`
    create or replace function participants.refuse() returns trigger language plpgsql as $$
      begin raise exception 'cannot digest ada@guildhall.example'; end $$;
    create trigger refuse before insert on participants.event_seats
      for each row when (new.title like '${title}%') execute function participants.refuse()`)
}

export const mend = (world: World) => world.host.database.sql`drop trigger refuse on participants.event_seats`

/** Lets all attempts pass, as if the time of their backoff had. */
export async function exhaust(world: World): Promise<void> {
  await world.settle()
  await world.host.database.sql`
    update bus.delivery set attempts = 7, available_at = now() where dead_at is null and attempts > 0`
  await world.settle()
}

export async function createEvent(
  world: World,
  organization: TestOrganization,
  title: string,
): Promise<string> {
  const start = world.clock.now().getTime() + 7 * 86_400_000
  const { event } = await organization.as('ORGANIZER').mutate<{ event: { id: string } }>(
    'createEvent',
    {
      organizationId: organization.id,
      title,
      kind: 'HACKATHON',
      timezone: 'Europe/Zurich',
      startsAt: new Date(start).toISOString(),
      endsAt: new Date(start + 86_400_000).toISOString(),
    },
    'event { id }',
  )
  return event.id
}

export async function moveEvent(organization: TestOrganization, id: string, to: string): Promise<void> {
  const { userErrors } = await organization
    .as('ORGANIZER')
    .mutate('transitionEvent', { id, to, reason: 'Because.' }, 'event { id }')
  if (userErrors.length > 0) throw new Error(JSON.stringify(userErrors))
}

/** Titles that participants know, in alphabetical order. */
export const knownTitles = async (world: World): Promise<string[]> => {
  const rows = await world.host.database.sql`select title from participants.event_seats order by title`
  return rows.map(({ title }) => title)
}

export interface SeenLetter {
  id: string
  consumer: string
  event: { name: string; aggregate: string; payload: string | null }
  attempts: number
  lastError: string
}

export interface SeenLetters {
  deadLetters: {
    nodes: SeenLetter[]
    totalCount: number
    pageInfo: { hasNextPage: boolean; endCursor: string | null }
    unavailableDomains: string[]
  }
}

export const letters = async (caller: Person, args = '') => {
  const { data, errors } = await caller.run<SeenLetters>(`{
    deadLetters${args && `(${args})`} {
      nodes { id consumer attempts lastError event { name aggregate payload } }
      totalCount pageInfo { hasNextPage endCursor } unavailableDomains
    }
  }`)
  if (errors.length > 0) throw new Error(JSON.stringify(errors))
  return data.deadLetters
}

export interface SeenAct {
  act: {
    id: string
    kind: string
    affectedCount: number
    removedLetterIds: string[]
    unavailableDomains: string[]
    finishedAt: string | null
  } | null
}

export const actFields = 'act { id kind affectedCount removedLetterIds unavailableDomains finishedAt }'
