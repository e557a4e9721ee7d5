import { readFileSync } from 'node:fs'
import path from 'node:path'
import { StartProblem } from '@guildhall/kit/postgres/start-problem'

const file = path.join(import.meta.dirname, '..', '..', 'schema', 'supergraph.graphql')

/** The committed supergraph. @throws StartProblem when it has not been composed. */
export function readSupergraph(): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new StartProblem('schema/supergraph.graphql cannot be read: run `npm run compose`.', cause)
  }
}
