import { getAllDirectiveValues, getDirectiveValues } from '@guildhall/kit/directives'
import { type GraphQLSchema, isInputObjectType, isInterfaceType, isObjectType } from 'graphql'

/** `@listSize` of a field. */
export interface ListSize {
  readonly assumedSize: number | undefined
  readonly slicingArguments: readonly string[]
  /** Fields of the answer that are as long as this says, instead of the field itself. */
  readonly sizedFields: readonly string[]
  readonly requireOneSlicingArgument: boolean
}

/** What a supergraph says of the cost of its parts, by schema coordinate. */
export interface CostIndex {
  /** `@cost` of types, fields (`Type.field`), arguments (`Type.field(argument:)`) and input fields (`Input.field`). */
  readonly weights: ReadonlyMap<string, number>
  readonly listSizes: ReadonlyMap<string, ListSize>
}

type Carrier = { astNode?: Parameters<typeof getDirectiveValues>[0] }

/** Reads `@cost` and `@listSize`, under whatever names the supergraph imports them. */
export function readCostIndex(supergraph: GraphQLSchema): CostIndex {
  const names = directiveNames(supergraph)
  const weights = new Map<string, number>()
  const listSizes = new Map<string, ListSize>()
  const note = (coordinate: string, { astNode }: Carrier) => {
    const cost = getDirectiveValues(astNode, names.cost)
    if (cost) weights.set(coordinate, Number(cost.weight))
    const size = getDirectiveValues(astNode, names.listSize)
    if (size) listSizes.set(coordinate, listSizeOf(size))
  }
  for (const type of Object.values(supergraph.getTypeMap())) {
    note(type.name, type)
    if (isInputObjectType(type)) {
      for (const field of Object.values(type.getFields())) note(`${type.name}.${field.name}`, field)
    }
    if (!isObjectType(type) && !isInterfaceType(type)) continue
    for (const field of Object.values(type.getFields())) {
      note(`${type.name}.${field.name}`, field)
      for (const argument of field.args) note(`${type.name}.${field.name}(${argument.name}:)`, argument)
    }
  }
  return { weights, listSizes }
}

function listSizeOf(values: Record<string, unknown>): ListSize {
  const names = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : [])
  return {
    assumedSize: typeof values.assumedSize === 'number' ? values.assumedSize : undefined,
    slicingArguments: names(values.slicingArguments),
    sizedFields: names(values.sizedFields),
    requireOneSlicingArgument: values.requireOneSlicingArgument !== false,
  }
}

/** `@link(url: "https://specs.apollo.dev/cost/v0.1", import: [{ name: "@cost", as: "@weight" }, "@listSize"])` */
function directiveNames({ astNode, extensionASTNodes }: GraphQLSchema): { cost: string; listSize: string } {
  const links = getAllDirectiveValues([astNode, ...extensionASTNodes], 'link')
  const link = links.find(({ url }) => String(url).startsWith('https://specs.apollo.dev/cost/'))
  const prefix = typeof link?.as === 'string' ? link.as : 'cost'
  const names = { cost: prefix, listSize: `${prefix}__listSize` }
  for (const entry of Array.isArray(link?.import) ? (link.import as unknown[]) : []) {
    const { name, as = name } =
      typeof entry === 'string' ? { name: entry } : (entry as Record<string, unknown>)
    if (name === '@cost') names.cost = String(as).slice(1)
    if (name === '@listSize') names.listSize = String(as).slice(1)
  }
  return names
}
