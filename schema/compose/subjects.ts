import type { Contract } from '@guildhall/kit/contract'
import { getDirectiveValues } from '@guildhall/kit/directives'
import { domainFolder } from '@guildhall/kit/discover'
import { ownSdl } from '@guildhall/kit/sdl'
import { Kind, type ObjectTypeDefinitionNode, parse } from 'graphql'

const header =
  '# Every entity of the house, for domains that speak of any of them. Written by `npm run compose`; asked for with `# @subjects`.\n'

/**
 * `schema/subjects.graphql`: one stub per entity that a contract has an id prefix for and whose own domain can resolve.
 * Read from the SDL files, because the definitions themselves need the stubs to load.
 */
export function subjectStubs(contracts: readonly Contract[]): string {
  const stubs = contracts
    .flatMap((contract) => ownEntities(contract))
    .sort((a, b) => (a.name.value < b.name.value ? -1 : 1))
    .map(stub)
  return [header, ...stubs].join('\n')
}

/** The entities that a domain owns: it has their id prefix, and its SDL says that it resolves them. */
export function ownEntities(
  contract: Contract,
  sdl = ownSdl(domainFolder(contract.domain)),
): ObjectTypeDefinitionNode[] {
  const named = new Set(Object.values(contract.ids))
  return parse(sdl)
    .definitions.filter((definition) => definition.kind === Kind.OBJECT_TYPE_DEFINITION)
    .filter((definition) => named.has(definition.name.value) && isResolvable(definition))
}

const isResolvable = (definition: ObjectTypeDefinitionNode): boolean => {
  const key = getDirectiveValues(definition, 'key')
  return key !== null && key.resolvable !== false
}

/** Opening and closing quotes share lines with the text: `define-subgraph.ts` takes the file apart at lines that start with quotes. */
function stub({ name, description }: ObjectTypeDefinitionNode): string {
  const text = (description?.value ?? name.value).replaceAll('"""', '\\"""')
  return `"""${text}"""\ntype ${name.value} implements Node @key(fields: "id", resolvable: false) {\n  id: ID!\n}\n`
}
