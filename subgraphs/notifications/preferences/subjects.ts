import { loadContracts } from '@guildhall/kit/discover'
import { reference } from '@guildhall/kit/entities'
import { prefixOf } from '@guildhall/kit/ids'
import type { GraphQLSchema } from 'graphql'
import type { Ctx } from '../loaders.ts'

/** Id prefix → GraphQL type and whose it is, of every domain. */
const kinds = new Map(
  (await loadContracts()).flatMap(({ domain, ids }) =>
    Object.entries(ids).map(([prefix, typename]) => [prefix, { domain, typename }] as const),
  ),
)

/** What an id names, if it is an entity of the graph: a prefix may belong to rows that are none. */
export function kindOf(schema: GraphQLSchema, id: string): { domain: string; typename: string } | null {
  const kind = kinds.get(prefixOf(id) ?? '')
  return kind && schema.getType(kind.typename) ? kind : null
}

/** A reference to what an id names; null when that is no entity of the graph. */
export function subjectOf(schema: GraphQLSchema, id: string): { __typename: string; id: string } | null {
  const kind = kindOf(schema, id)
  return kind && reference(kind.typename, id)
}

/** Whether something exists in the caller's eyes, as its own domain says. @throws ServiceUnavailable when that is away. */
export async function isSeen(ctx: Ctx, schema: GraphQLSchema, id: string): Promise<boolean> {
  const kind = kindOf(schema, id)
  if (!kind || kind.domain === ctx.domain) return false
  const { domain, typename } = kind
  return (await ctx.peers.entity<{ id: string }>(domain, typename, id, 'id', ctx.token)) !== null
}
