import { readFileSync } from 'node:fs'
import path from 'node:path'
import { StartProblem } from '@guildhall/kit/postgres/start-problem'

/** What `npm run compose` writes. */
export const committedSupergraph = path.join(import.meta.dirname, '..', '..', 'schema', 'supergraph.graphql')

/** The supergraph, by default the committed one. @throws StartProblem when it cannot be read. */
export function readSupergraph(file: string = committedSupergraph): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    const mend = file === committedSupergraph ? 'run `npm run compose`' : 'SUPERGRAPH_FILE names it'
    throw new StartProblem(`${path.relative('', file)} cannot be read: ${mend}.`, cause)
  }
}
