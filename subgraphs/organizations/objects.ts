import { domainFolder, loadContracts } from '@guildhall/kit/discover'
import { prefixOf } from '@guildhall/kit/ids'
import { ownSdl } from '@guildhall/kit/sdl'
import { Kind, parse } from 'graphql'
import type { Ctx } from './loaders.ts'

/** Where objects of a kind live, and whether they say which organization they belong to. */
interface ObjectKind {
  domain: string
  typename: string
  hasOrganization: boolean
}

/** Id prefix → what it is the prefix of; read from the contracts and schemas of all domains when the process starts. */
export const objectPrefixes: ReadonlyMap<string, ObjectKind> = new Map(
  (await loadContracts()).flatMap(({ domain, ids }) => {
    const withOrganization = typesWithOrganization(ownSdl(domainFolder(domain)))
    return Object.entries(ids).map(([prefix, typename]) => [
      prefix,
      { domain, typename, hasOrganization: withOrganization.has(typename) },
    ])
  }),
)

/**
 * The organization that an object belongs to, as far as the caller may know of it. Other domains are asked in the
 * caller's name, so that the answer tells nobody what they could not see.
 */
export async function organizationIdOf(ctx: Ctx, objectId: string): Promise<string | null> {
  const prefix = prefixOf(objectId)
  if (prefix === 'org') return objectId
  const kind = objectPrefixes.get(prefix ?? '')
  if (!kind?.hasOrganization) return null
  if (prefix === 'tem') return (await ctx.loaders.team.load(objectId))?.organizationId ?? null
  const { domain, typename } = kind
  const entity = await ctx.peers.entity<{ organization: { id: string } | null }>(
    domain,
    typename,
    objectId,
    'organization { id }',
    ctx.token,
  )
  return entity?.organization?.id ?? null
}

/** The types with a field `organization: Organization`. */
function typesWithOrganization(sdl: string): ReadonlySet<string> {
  return new Set(
    parse(sdl).definitions.flatMap((definition) => {
      const isObject =
        definition.kind === Kind.OBJECT_TYPE_DEFINITION || definition.kind === Kind.OBJECT_TYPE_EXTENSION
      if (!isObject) return []
      const field = definition.fields?.find(({ name }) => name.value === 'organization')
      const type = field?.type.kind === Kind.NON_NULL_TYPE ? field.type.type : field?.type
      return type?.kind === Kind.NAMED_TYPE && type.name.value === 'Organization'
        ? [definition.name.value]
        : []
    }),
  )
}
