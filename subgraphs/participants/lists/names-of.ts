import type { Ctx } from '../loaders.ts'
import type { RegistrationRow } from '../tables.ts'

const query = `query ($representations: [_Any!]!) {
  _entities(representations: $representations) { ... on User { id displayName } }
}`

/** What the participants are called, asked of identity at once and in the caller's name. Who is forgotten has no name. */
export async function namesOf(ctx: Ctx, rows: readonly RegistrationRow[]): Promise<Map<string, string>> {
  const ids = [...new Set(rows.map((row) => row.userId))]
  if (ids.length === 0) return new Map()
  const { _entities: people } = await ctx.peers.ask<{
    _entities: ({ id: string; displayName: string } | null)[]
  }>('identity', query, { representations: ids.map((id) => ({ __typename: 'User', id })) }, ctx.token)
  return new Map(people.flatMap((person) => (person ? [[person.id, person.displayName] as const] : [])))
}
