import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { SubgraphDefinition } from '@guildhall/kit/define-subgraph'
import { withCatalogue } from './catalogue.ts'
import { eventsJson } from './events.ts'
import { mapMarkdown } from './map.ts'
import { root } from './root.ts'
import type { Composed } from './supergraph.ts'

/** Path from the root → text. */
export type Artefacts = Readonly<Record<string, string>>

/** Everything that is written from the definitions of all domains. */
export const artefactsOf = (definitions: readonly SubgraphDefinition[], composed: Composed): Artefacts => ({
  'schema/supergraph.graphql': composed.supergraph,
  'schema/api.graphql': composed.api,
  ...Object.fromEntries(
    Object.entries(composed.contracts).map(([product, sdl]) => [`schema/contracts/${product}.graphql`, sdl]),
  ),
  'schema/events.json': eventsJson(definitions),
  'schema/map.md': mapMarkdown(definitions),
  'docs/protocol.md': withCatalogue(
    onDisk('docs/protocol.md') ?? '',
    definitions.map(({ contract }) => contract),
  ),
})

/** The paths whose text on disk is another. */
export const staleOf = (artefacts: Artefacts): string[] =>
  Object.keys(artefacts).filter((file) => onDisk(file) !== artefacts[file])

/** Writes what has changed, and says what that was. */
export function writeArtefacts(artefacts: Artefacts): string[] {
  const stale = staleOf(artefacts)
  for (const file of stale) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true })
    writeFileSync(path.join(root, file), artefacts[file] ?? '')
  }
  return stale
}

/** The text of a file of the repository; null when it is not there. */
export function onDisk(file: string): string | null {
  const full = path.join(root, file)
  return existsSync(full) ? readFileSync(full, 'utf8') : null
}
