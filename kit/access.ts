import {
  defaultFieldResolver,
  type GraphQLFieldResolver,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql'
import { scopesOf } from './caller.ts'
import type { Context } from './context.ts'
import { getDirectiveValues } from './directives.ts'
import { Forbidden, Unauthenticated } from './errors.ts'

/** Which door a root field stands behind, as its directive says. */
export type Access =
  | { kind: 'public' }
  | { kind: 'internal' }
  | { kind: 'authenticated' }
  | { kind: 'scopes'; scopes: string[][] }

/** Reads the access directive of a root field; null when it has none. */
export function accessOf(field: Parameters<typeof getDirectiveValues>[0]): Access | null {
  if (getDirectiveValues(field, 'internal')) return { kind: 'internal' }
  const scopes = getDirectiveValues(field, 'requiresScopes')?.scopes
  if (scopes) return { kind: 'scopes', scopes: scopes as string[][] }
  if (getDirectiveValues(field, 'authenticated')) return { kind: 'authenticated' }
  return getDirectiveValues(field, 'public') ? { kind: 'public' } : null
}

/**
 * The subgraph's own door, behind the router's: the same directives are enforced again, so that a subgraph that is
 * reached by another way (a foreign router, a peer) is no less strict.
 */
export function guardRootFields(schema: GraphQLSchema): GraphQLSchema {
  for (const root of [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]) {
    for (const field of Object.values(root?.getFields() ?? {})) guard(root as GraphQLObjectType, field)
  }
  return schema
}

function guard(root: GraphQLObjectType, field: ReturnType<GraphQLObjectType['getFields']>[string]): void {
  const access = accessOf(field.astNode)
  if (!access || access.kind === 'public') return
  const changes = root.name === 'Mutation'
  const checked =
    (inner: GraphQLFieldResolver<unknown, Context>): GraphQLFieldResolver<unknown, Context> =>
    (source, args, ctx, info) => {
      checkAccess(access, ctx)
      if (changes && ctx.viewer?.isReadOnly)
        throw new Forbidden('This session may look but not change anything.')
      return inner(source, args, ctx, info)
    }
  if (root.name === 'Subscription' && field.subscribe) field.subscribe = checked(field.subscribe)
  else field.resolve = checked(field.resolve ?? defaultFieldResolver)
}

/** @throws Unauthenticated or Forbidden when the caller may not pass this door. */
export function checkAccess(access: Access, { caller }: Pick<Context, 'caller'>): void {
  if (caller.kind === 'service' || access.kind === 'public') return
  if (access.kind === 'internal') throw new Forbidden()
  if (caller.kind !== 'user') throw new Unauthenticated()
  if (access.kind === 'authenticated') return
  const held = scopesOf(caller)
  const passes = access.scopes.some((all) => all.every((scope) => held.has(scope)))
  if (!passes) throw new Forbidden()
}
