import { accessOf } from '@guildhall/kit/access'
import { rootFields } from '@guildhall/kit/conventions'
import type { SubgraphDefinition } from '@guildhall/kit/define-subgraph'
import { getDirectiveValues } from '@guildhall/kit/directives'
import { everyProduct } from '@guildhall/kit/products'
import { isObjectType } from 'graphql'
import { consumersOf } from './events.ts'
import { ownersOf } from './supergraph.ts'

/** `schema/map.md`: the house on one page. */
export function mapMarkdown(definitions: readonly SubgraphDefinition[]): string {
  const sorted = definitions.toSorted((a, b) => (a.domain < b.domain ? -1 : 1))
  return [
    '# Map of the house',
    '',
    'Written by `npm run compose`. What each domain owns, offers, tells and refuses.',
    '',
    ...sorted.flatMap((definition) => chapter(definition, sorted)),
  ]
    .join('\n')
    .replace(/\n+$/, '\n')
}

function chapter(definition: SubgraphDefinition, all: readonly SubgraphDefinition[]): string[] {
  const { domain, contract } = definition
  const codes = Object.keys(contract.codes).sort()
  return [
    `## ${domain}`,
    '',
    `- **Serves** ${served(contract.products)}`,
    `- **Owns** ${list(Object.entries(contract.ids).map(([prefix, type]) => `\`${type}\` (\`${prefix}_\`)`))}`,
    `- **Extends** ${list(extensions(definition, all))}`,
    `- **Reacts to** ${list([...new Set(definition.reactions.map(({ event }) => `\`${event.name}\``))].sort())}`,
    `- **User error codes** ${list(codes.map((code) => `\`${code}\``))}`,
    '',
    ...table(['Root field', 'Door', 'Emits'], rootFields(definition).map(rootFieldRow)),
    ...table(
      ['Event', 'Version', 'Consumers', 'When'],
      contract.events.map(({ name, version, description }) => [
        `\`${name}\``,
        String(version),
        consumersOf(name, all).join(', ') || '–',
        description,
      ]),
    ),
    ...table(
      ['Permission', 'Held by', 'Meaning'],
      Object.entries(contract.permissions).map(([name, { heldBy, description }]) => [
        `\`${name}\``,
        heldBy.join(', ') || '–',
        description,
      ]),
    ),
  ]
}

function rootFieldRow([coordinate, { astNode }]: ReturnType<typeof rootFields>[number]): string[] {
  const emitted = (getDirectiveValues(astNode, 'emits')?.events ?? []) as string[]
  return [
    `\`${coordinate}\``,
    door(accessOf(astNode)),
    emitted.map((name) => `\`${name}\``).join(', ') || '–',
  ]
}

/** How a root field is entered, in words. */
export function door(access: ReturnType<typeof accessOf>): string {
  if (access?.kind !== 'scopes') return access?.kind ?? '–'
  return access.scopes.map((all) => all.map((scope) => `\`${scope}\``).join(' and ')).join(' or ')
}

/** `Type.field` for each field that the domain adds to an entity of another. */
function extensions({ domain, graphqlSchema }: SubgraphDefinition, all: readonly SubgraphDefinition[]) {
  const owners = ownersOf(all)
  return Object.values(graphqlSchema.getTypeMap())
    .filter(isObjectType)
    .filter(({ name, astNode }) => getDirectiveValues(astNode, 'key') && owners.get(name) !== domain)
    .flatMap((type) => Object.keys(type.getFields()).map((field) => `${type.name}.${field}`))
    .filter((coordinate) => !coordinate.endsWith('.id'))
    .map((coordinate) => `\`${coordinate}\``)
    .sort()
}

function served(products: readonly string[]): string {
  if (products.length === 0) return 'those who run the house: in the whole graph only'
  return products.length === everyProduct.length ? 'every product' : list(products)
}

const list = (items: readonly string[]): string => (items.length > 0 ? items.join(', ') : 'nothing')

function table(head: string[], rows: string[][]): string[] {
  if (rows.length === 0) return []
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line), '']
}
