import { idOf, uuidOf } from '@guildhall/kit/ids'
import type { Person, World } from '@guildhall/kit/testing/world'
import { people, publishedEvent, register, statusesOf } from './support.ts'

export interface Reviewed {
  succeeded: { id: string }[]
  failed: { id: string; code: string }[]
}
export const bulk = 'succeeded { id } failed { id code message }'

/** People who wait for approval, in the order of registration, and those who decide. */
export async function applicants(world: World, count: number, over: object = {}) {
  const organization = world.organization()
  const eventId = await publishedEvent(world, organization, { approvalMode: 'MANUAL', ...over })
  const all: { person: Person; id: string }[] = []
  for (const person of people(world, count)) {
    all.push({ person, id: (await register(person, eventId)).id })
  }
  const reviewer = organization.as('ORGANIZER')
  const at = (index: number) => {
    const found = all[index]
    if (!found) throw new Error(`nobody at ${index}`)
    return found
  }
  const ids = all.map(({ id }) => id)
  const { stage, ...deciders } = decidersOf(reviewer, eventId)
  return {
    ...deciders,
    organization,
    at,
    ids,
    stage: (decision: string, some: readonly string[] = ids, reason?: string) =>
      stage(decision, some, reason),
    statuses: () => statusesOf(world, eventId),
  }
}

/** What a reviewer does with decisions on an event. */
export const decidersOf = (reviewer: Person, eventId: string) => ({
  eventId,
  reviewer,
  stage: (decision: string, ids: readonly string[], reason?: string) =>
    reviewer.mutate<Reviewed>('stageDecisions', { ids, decision, reason }, bulk),
  release: (decision?: string) => release(reviewer, eventId, decision),
})

/** The id of the release, or the code of the first user error. */
export async function release(person: Person, eventId: string, decision?: string): Promise<string> {
  const { release: begun, userErrors } = await person.mutate<{ release: { id: string } | null }>(
    'releaseStagedDecisions',
    { eventId, decision },
    'release { id status totalCount }',
  )
  return userErrors[0]?.code ?? begun?.id ?? 'NOTHING'
}

export interface SeenRelease {
  status: string
  totalCount: number
  appliedCount: number
  failedCount: number
  failures: { nodes: { decision: string; code: string; registration: { number: number } }[] }
}

/** A release as a reviewer sees it. */
export async function releaseOf(person: Person, id: string): Promise<SeenRelease | null> {
  const { data } = await person.run<{ decisionRelease: SeenRelease | null }>(
    `query ($id: ID!) {
      decisionRelease(id: $id) {
        status totalCount appliedCount failedCount
        failures(first: 100) { nodes { decision code registration { number } } }
      }
    }`,
    { id },
  )
  return data.decisionRelease
}

/** So many more who wait for approval, written by one statement; their ids in the order of registration. */
export async function crowd(world: World, eventId: string, count: number): Promise<string[]> {
  const { sql } = world.host.database
  const uuid = uuidOf('evt', eventId)
  const now = world.clock.now().toISOString()
  await sql`
    with seats as (
      update participants.event_seats set next_number = next_number + ${count} where id = ${uuid}
      returning id, organization_id, next_number - ${count} as first
    )
    insert into participants.registration
      (id, event_id, organization_id, user_id, number, status, version, created_at, updated_at)
    select gen_random_uuid(), seats.id, seats.organization_id, gen_random_uuid(), seats.first + n, 'PENDING_APPROVAL', 1,
      ${now}, ${now}
    from seats, generate_series(0, ${count - 1}) n`
  const rows = await sql<{ id: string }[]>`
    select id from participants.registration where event_id = ${uuid} order by number desc limit ${count}`
  return rows.map(({ id }) => idOf('reg', id)).reverse()
}
