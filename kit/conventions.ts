import path from 'node:path'
import { type GraphQLObjectType, isObjectType } from 'graphql'
import { accessOf } from './access.ts'
import type { Contract } from './contract.ts'
import type { SubgraphDeclaration, SubgraphDefinition } from './define-subgraph.ts'
import { getAllDirectiveValues, getDirectiveValues } from './directives.ts'
import { federationProblems } from './federation-problems.ts'
import { notificationProblems } from './notification-problems.ts'

/** Everything about one domain that would surprise the next reader; each with what to mend. */
export function conventionProblems(
  definition: SubgraphDefinition,
  declaration: Pick<SubgraphDeclaration<unknown>, 'schema' | 'folder'>,
): string[] {
  const { domain, contract } = definition
  const problems: string[] = []
  if (path.basename(declaration.folder) !== domain) {
    problems.push(
      `the folder is called ${path.basename(declaration.folder)}, the contract says ${domain}: use one name`,
    )
  }
  if (declaration.schema.schemaName !== domain) {
    problems.push(`tables live in schema ${declaration.schema.schemaName}: use pgSchema('${domain}')`)
  }
  for (const event of contract.events) {
    if (!new RegExp(`^${domain}\\.[a-z_]+\\.[a-z_]+$`).test(event.name)) {
      problems.push(`event ${event.name}: name it ${domain}.<entity>.<past tense>`)
    }
  }
  const heard = new Set<string>()
  for (const { event } of definition.reactions) {
    if (heard.has(event.name)) problems.push(`${event.name} has two reactions: make them one`)
    heard.add(event.name)
  }
  const scheduled = new Set<string>()
  for (const { name } of definition.schedules) {
    if (scheduled.has(name))
      problems.push(`two schedules are called ${name}: when they are due is kept under it`)
    scheduled.add(name)
  }
  return [
    ...problems,
    ...rootFieldProblems(definition),
    ...entityProblems(definition),
    ...federationProblems(definition.graphqlSchema),
  ]
}

/**
 * Rules that only all domains together can break.
 *
 * @param contracts of further domains, whose definitions run in other processes.
 */
export function houseProblems(
  definitions: readonly SubgraphDefinition[],
  contracts: readonly Contract[] = [],
): string[] {
  const problems: string[] = []
  const prefixes = new Map<string, string>()
  const own = new Set(definitions.map(({ domain }) => domain))
  const all = [
    ...definitions.map(({ contract }) => contract),
    ...contracts.filter(({ domain }) => !own.has(domain)),
  ]
  for (const { domain, ids } of all) {
    for (const prefix of Object.keys(ids)) {
      const other = prefixes.get(prefix)
      if (other) problems.push(`id prefix ${prefix} is claimed by ${other} and ${domain}: change one`)
      prefixes.set(prefix, domain)
    }
  }
  problems.push(...notificationProblems(all))
  const permissions = new Set(all.flatMap((contract) => Object.keys(contract.permissions)))
  const events = new Set(all.flatMap((contract) => contract.events.map((event) => event.name)))
  for (const definition of definitions) {
    for (const [coordinate, field] of rootFields(definition)) {
      const access = accessOf(field.astNode)
      for (const scope of access?.kind === 'scopes' ? access.scopes.flat() : []) {
        if (!permissions.has(scope))
          problems.push(`${coordinate} requires ${scope}, which no contract declares`)
      }
      for (const name of (getDirectiveValues(field.astNode, 'emits')?.events ?? []) as string[]) {
        if (!events.has(name)) problems.push(`${coordinate} emits ${name}, which no contract declares`)
      }
    }
    for (const { event } of definition.reactions) {
      if (!events.has(event.name))
        problems.push(`${definition.domain} reacts to ${event.name}, which no contract declares`)
    }
  }
  return problems
}

function rootFieldProblems(definition: SubgraphDefinition): string[] {
  return rootFields(definition)
    .filter(([, field]) => accessOf(field.astNode) === null)
    .map(
      ([coordinate]) =>
        `${coordinate} has no access directive: add @public, @authenticated, @requiresScopes or @internal`,
    )
}

function entityProblems({ graphqlSchema }: SubgraphDefinition): string[] {
  const problems: string[] = []
  for (const type of Object.values(graphqlSchema.getTypeMap())) {
    if (!isObjectType(type)) continue
    const keys = getAllDirectiveValues([type.astNode, ...type.extensionASTNodes], 'key')
    const own = keys.filter((key) => key.resolvable !== false)
    for (const { fields } of own) {
      if (fields !== 'id')
        problems.push(`${type.name} has the key "${String(fields)}": use @key(fields: "id")`)
    }
    if (own.length > 0 && !hasReferenceResolver(type)) {
      problems.push(`${type.name} is an entity without __resolveReference: add it to resolvers/${type.name}`)
    }
  }
  return problems
}

/** Every field of Query, Mutation and Subscription with its coordinate; federation's own plumbing left out. */
export function rootFields({ graphqlSchema }: Pick<SubgraphDefinition, 'graphqlSchema'>) {
  const roots = [
    graphqlSchema.getQueryType(),
    graphqlSchema.getMutationType(),
    graphqlSchema.getSubscriptionType(),
  ]
  return roots
    .filter((root): root is GraphQLObjectType => Boolean(root))
    .flatMap((root) =>
      Object.values(root.getFields()).map((field) => [`${root.name}.${field.name}`, field] as const),
    )
    .filter(([, field]) => field.name !== '_entities' && field.name !== '_service')
}

/** Where `buildSubgraphSchema` records the reference resolver. */
const hasReferenceResolver = (type: GraphQLObjectType): boolean =>
  (type.extensions.apollo as { subgraph?: { resolveReference?: unknown } } | undefined)?.subgraph
    ?.resolveReference !== undefined
