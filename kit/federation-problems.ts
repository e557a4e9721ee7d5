import {
  type GraphQLField,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLSchema,
  isInterfaceType,
  isObjectType,
  Kind,
  parse,
  visit,
} from 'graphql'
import { getAllDirectiveValues } from './directives.ts'

type Fielded = GraphQLObjectType | GraphQLInterfaceType
type Directed = Parameters<typeof getAllDirectiveValues>[0][number]

/**
 * What composes and is then planned or executed wrongly, without a word: see adr/0012. Refused here, where whoever writes
 * it reads the reason.
 */
export function federationProblems(schema: GraphQLSchema): string[] {
  return Object.values(schema.getTypeMap())
    .filter((type): type is Fielded => isObjectType(type) || isInterfaceType(type))
    .flatMap((type) => [
      ...typeProblems(type),
      ...Object.values(type.getFields()).flatMap((field) =>
        fieldProblems(`${type.name}.${field.name}`, field),
      ),
    ])
}

function typeProblems(type: Fielded): string[] {
  const nodes = [type.astNode, ...type.extensionASTNodes]
  const keys = usesOf(nodes, 'key')
  const problems: string[] = []
  if (keys.length > 1) {
    problems.push(`${type.name} has ${keys.length} keys: entities are found by their id alone`)
  }
  if (usesOf(nodes, 'interfaceObject').length > 0 && keys.some(({ resolvable }) => resolvable === false)) {
    problems.push(
      `${type.name} is an @interfaceObject that cannot be resolved: its objects never learn their type`,
    )
  }
  if (usesOf(nodes, 'context').length > 0) problems.push(`${type.name} ${notSupported('context')}`)
  return problems
}

function fieldProblems(coordinate: string, field: GraphQLField<unknown, unknown>): string[] {
  const problems: string[] = []
  const [requires] = usesOf([field.astNode], 'requires')
  if (requires && field.args.length > 0) {
    problems.push(
      `${coordinate} has arguments and @requires: the router would ask once, with the arguments of one place, for all`,
    )
  }
  if (requires && hasArguments(String(requires.fields))) {
    problems.push(
      `${coordinate} requires a field with arguments: what a client asks for with others would be taken for it`,
    )
  }
  if (usesOf([field.astNode], 'override').some(({ label }) => label !== undefined)) {
    problems.push(
      `${coordinate} is overridden under a label: no label is ever true in the router, leave it out or do not override`,
    )
  }
  if (field.args.some(({ astNode }) => usesOf([astNode], 'fromContext').length > 0)) {
    problems.push(`${coordinate} ${notSupported('fromContext')}`)
  }
  return problems
}

const notSupported = (directive: string): string =>
  `uses @${directive}, which the router does not know: hand the value on as an argument`

/** Whoever does not import a directive of federation writes its prefix. */
const usesOf = (nodes: readonly Directed[], name: string): Record<string, unknown>[] => [
  ...getAllDirectiveValues(nodes, name),
  ...getAllDirectiveValues(nodes, `federation__${name}`),
]

function hasArguments(fieldSet: string): boolean {
  let found = false
  visit(parse(`{ ${fieldSet} }`, { noLocation: true }), {
    [Kind.ARGUMENT]: () => {
      found = true
    },
  })
  return found
}
