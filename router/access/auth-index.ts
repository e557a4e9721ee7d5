import {
  type ConstDirectiveNode,
  type GraphQLSchema,
  isInterfaceType,
  isObjectType,
  valueFromASTUntyped,
} from 'graphql'

/** What a caller has; `@requiresScopes` is measured against `scopes`, `@policy` against `policies`. */
export interface Grants {
  readonly authenticated: boolean
  readonly scopes: ReadonlySet<string>
  readonly policies: ReadonlySet<string>
}

export const noGrants: Grants = { authenticated: false, scopes: new Set(), policies: new Set() }

/** Any of the inner lists must be held completely. */
type AnyOfAll = readonly (readonly string[])[]

/** The access directives of one type or field, all of which must be met. */
export interface Requirement {
  readonly authenticated: boolean
  readonly scopes: AnyOfAll
  readonly policies: AnyOfAll
}

/** Which types and fields (`Type.field`) of a supergraph ask for something. */
export type AuthIndex = ReadonlyMap<string, Requirement>

/** Whether the grants meet a requirement. An empty list of alternatives asks for nothing. */
export function meets({ authenticated, scopes, policies }: Requirement, grants: Grants): boolean {
  return (
    (!authenticated || grants.authenticated) &&
    holds(grants.scopes, scopes) &&
    holds(grants.policies, policies)
  )
}

const holds = (held: ReadonlySet<string>, alternatives: AnyOfAll): boolean =>
  alternatives.length === 0 || alternatives.some((all) => all.every((one) => held.has(one)))

/**
 * Reads the requirements of a supergraph.
 *
 * Interfaces are left out: composition copies the requirements of all implementers onto them for routers that do not
 * look at implementers. The filter does, and judging the copies too would hide what a caller may see.
 */
export function readAuthIndex(supergraph: GraphQLSchema): AuthIndex {
  const names = directiveNames(supergraph)
  const index = new Map<string, Requirement>()
  const note = (coordinate: string, directives: readonly ConstDirectiveNode[] | undefined) => {
    const requirement = readRequirement(directives ?? [], names)
    if (requirement) index.set(coordinate, requirement)
  }
  for (const type of Object.values(supergraph.getTypeMap())) {
    if (isInterfaceType(type)) continue
    note(type.name, type.astNode?.directives)
    if (!isObjectType(type)) continue
    for (const field of Object.values(type.getFields())) {
      note(`${type.name}.${field.name}`, field.astNode?.directives)
    }
  }
  return index
}

type DirectiveNames = Record<'authenticated' | 'requiresScopes' | 'policy', string>

/** `@link(url: "https://specs.apollo.dev/policy/v0.1", as: "rule")` renames a directive. */
function directiveNames({ astNode, extensionASTNodes }: GraphQLSchema): DirectiveNames {
  const names: DirectiveNames = {
    authenticated: 'authenticated',
    requiresScopes: 'requiresScopes',
    policy: 'policy',
  }
  const links = [astNode, ...extensionASTNodes].flatMap((node) => node?.directives ?? [])
  for (const link of links) {
    const spec = /^https:\/\/specs\.apollo\.dev\/(authenticated|requiresScopes|policy)\//.exec(
      String(argument(link, 'url')),
    )?.[1]
    const alias = argument(link, 'as')
    if (spec && typeof alias === 'string') names[spec as keyof DirectiveNames] = alias
  }
  return names
}

function readRequirement(
  directives: readonly ConstDirectiveNode[],
  names: DirectiveNames,
): Requirement | undefined {
  const find = (name: string) => directives.find((directive) => directive.name.value === name)
  const authenticated = find(names.authenticated) !== undefined
  const scopes = find(names.requiresScopes)
  const policies = find(names.policy)
  if (!authenticated && !scopes && !policies) return undefined
  return {
    authenticated,
    scopes: (scopes && (argument(scopes, 'scopes') as AnyOfAll)) ?? [],
    policies: (policies && (argument(policies, 'policies') as AnyOfAll)) ?? [],
  }
}

function argument(directive: ConstDirectiveNode, name: string): unknown {
  const found = directive.arguments?.find((candidate) => candidate.name.value === name)
  return found && valueFromASTUntyped(found.value)
}
