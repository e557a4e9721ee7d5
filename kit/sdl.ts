import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

/**
 * A domain's own SDL: `schema.graphql`, and for domains too large for one file the `schema/<area>.graphql` beside it, in
 * the order of their names.
 */
export function ownSdl(folder: string): string {
  const areas = path.join(folder, 'schema')
  const files = existsSync(areas) ? readdirSync(areas).filter((name) => name.endsWith('.graphql')) : []
  return [path.join(folder, 'schema.graphql'), ...files.sort().map((name) => path.join(areas, name))]
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n')
}
