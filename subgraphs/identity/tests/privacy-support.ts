import type { Context } from '@guildhall/kit/context'
import { domainNames } from '@guildhall/kit/discover'
import type { Person, World } from '@guildhall/kit/testing/world'

export const day = 24 * 60 * 60 * 1000

/** All domains of the house, each of which has to tell what it knows and to forget. */
export const domains = domainNames()

/** The context in which schedules of this domain run. */
export function ownContext(world: World): Context {
  const identity = world.host.subgraphs.identity
  if (!identity) throw new Error('identity is not here')
  return identity.ownContext()
}

/** Takes part in an event of somebody else's, with a message that names the person. */
export async function takePart(world: World, person: Person, message: string): Promise<string> {
  const organizer = world.organization().as('OWNER')
  const organizationId = Object.keys(organizer.caller.kind === 'user' ? organizer.caller.grants : {})[0]
  const at = (days: number) => new Date(world.clock.now().getTime() + days * day).toISOString()
  const { event } = await organizer.mutate<{ event: { id: string } }>(
    'createEvent',
    {
      organizationId,
      title: 'City Hack',
      kind: 'HACKATHON',
      timezone: 'UTC',
      startsAt: at(20),
      endsAt: at(22),
      capacity: 1,
    },
    'event { id }',
  )
  await organizer.mutate('transitionEvent', { id: event.id, to: 'PUBLISHED' }, 'event { id }')
  await world.settle()
  await person.mutate('registerForEvent', { eventId: event.id, message }, 'registration { id }')
  await world.settle()
  return event.id
}

/** Every row of the whole database that holds the text, as `schema.table`. */
export async function whereIs(world: World, text: string): Promise<string[]> {
  const { sql } = world.host.database
  const tables = await sql<{ name: string }[]>`
    select format('%I.%I', table_schema, table_name) as name from information_schema.tables
    where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema') order by 1`
  const holding = await Promise.all(
    tables.map(async ({ name }) => {
      const rows = await sql.unsafe(`select 1 from ${name} as t where t::text ilike $1 limit 1`, [
        `%${text}%`,
      ])
      return rows.length > 0 ? [name] : []
    }),
  )
  return holding.flat()
}
