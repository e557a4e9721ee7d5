import { Supergraph } from '@apollo/federation-internals'
import {
  type DirectiveNode,
  type FieldDefinitionNode,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  isAbstractType,
  isNonNullType,
  isObjectType,
  Kind,
  parse,
} from 'graphql'
import type { BenchSubgraph, FieldResolver, Fields } from '../../bench/supergraph/subgraph.ts'

/** A null where a value is promised, because the entity it would come from does not exist. Routers say nothing of it. */
export class NothingThere extends Error {}

/** A subgraph could not look an entity up: an error of the entity, not of the field that was asked for. */
export class LookUpFailed extends Error {}

/** One field of one type in one subgraph. */
interface Owner {
  subgraph: BenchSubgraph
  /** Of the type in this subgraph; none for root and value types. */
  key: string | undefined
  requires: readonly string[]
}

/**
 * The API of a supergraph as one schema in this process. Nothing is planned and nothing fetched: a field of an entity is
 * looked up in the subgraph that owns it, by the key, again for every field.
 */
export function mergedSchema(supergraphSdl: string, subgraphs: readonly BenchSubgraph[]): GraphQLSchema {
  const schema = Supergraph.build(supergraphSdl).apiSchema().toGraphQLJSSchema()
  const owners = readOwners(subgraphs)
  for (const type of Object.values(schema.getTypeMap())) {
    if (isAbstractType(type)) type.resolveType = ({ __typename }: { __typename: string }) => __typename
    if (!isObjectType(type) || type.name.startsWith('__')) continue
    for (const field of Object.values(type.getFields())) {
      const owner = owners.get(`${type.name}.${field.name}`)
      if (!owner) throw new Error(`nobody owns ${type.name}.${field.name}`)
      field.resolve = resolverOf(type.name, field.name, owner, owners, isNonNullType(field.type))
    }
  }
  return schema
}

function resolverOf(
  type: string,
  field: string,
  owner: Owner,
  owners: ReadonlyMap<string, Owner>,
  isPromised: boolean,
): GraphQLFieldResolver<Fields, unknown, Fields> {
  if (owner.key === field) return (source) => source[field]
  return async (source = {}, args) => {
    const row = owner.key === undefined ? source : await lookUp(type, source, owner, owners)
    if (row) return ownResolver(type, field, owner)(row, args)
    if (isPromised) throw new NothingThere(`${type}.${field}`)
    return null
  }
}

const ownResolver = (type: string, field: string, { subgraph }: Owner): FieldResolver =>
  subgraph.resolvers[type]?.[field] ?? ((source) => source[field])

/** The entity as its subgraph sees it, given what the subgraph requires of others. */
async function lookUp(
  type: string,
  source: Fields,
  owner: Owner,
  owners: ReadonlyMap<string, Owner>,
): Promise<Fields | null> {
  const { key = '', requires, subgraph } = owner
  const reference: Record<string, unknown> = { __typename: type, [key]: source[key] }
  for (const name of requires) {
    const other = owners.get(`${type}.${name}`)
    const row = other && (await lookUp(type, source, other, owners))
    // Who lacks what it requires is not asked.
    if (!row) return null
    reference[name] = await ownResolver(type, name, other)(row, {})
  }
  try {
    return (await subgraph.resolvers[type]?.__resolveReference?.(reference, {})) as Fields | null
  } catch (error) {
    throw new LookUpFailed(String(error))
  }
}

/** `Type.field` → who answers it. */
function readOwners(subgraphs: readonly BenchSubgraph[]): Map<string, Owner> {
  const owners = new Map<string, Owner>()
  for (const subgraph of subgraphs) {
    for (const definition of parse(subgraph.typeDefs).definitions) {
      if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION) continue
      const [key, ...further] = definition.directives?.filter(isNamed('key')) ?? []
      if (further.length > 0) throw new Error(`${definition.name.value} has several keys`)
      // Whoever cannot resolve the entity only points to it.
      if (key && argumentOf(key, 'resolvable') === false) continue
      for (const field of definition.fields ?? []) {
        const coordinate = `${definition.name.value}.${field.name.value}`
        if (field.directives?.some(isNamed('external')) || owners.has(coordinate)) continue
        owners.set(coordinate, {
          subgraph,
          key: key ? String(argumentOf(key, 'fields')) : undefined,
          requires: requiresOf(field),
        })
      }
    }
  }
  return owners
}

function requiresOf(field: FieldDefinitionNode): string[] {
  const requires = field.directives?.find(isNamed('requires'))
  return requires ? String(argumentOf(requires, 'fields')).split(' ') : []
}

const isNamed = (name: string) => (directive: DirectiveNode) => directive.name.value === name

function argumentOf(directive: DirectiveNode, name: string): string | boolean | undefined {
  const value = directive.arguments?.find((argument) => argument.name.value === name)?.value
  return value && 'value' in value ? value.value : undefined
}
