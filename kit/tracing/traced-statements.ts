import { onEnd, operationOf, type StatementWatch, textOf } from '../statements.ts'
import type { Tracing } from './tracing.ts'

const longestText = 2_000

/** A step for each statement that belongs to one: its text with `$1` for every value. */
export const traceStatements =
  (tracing: Tracing): StatementWatch =>
  (statement) => {
    // What the house does by the clock would be traces of one statement.
    if (!tracing.isUnderWay()) return
    const operation = operationOf(statement)
    const span = tracing.begin(operation.toUpperCase(), {
      kind: 'client',
      facts: { 'db.system.name': 'postgresql', 'db.operation.name': operation },
    })
    onEnd(statement, (error) => span.end({ 'db.query.text': textOf(statement).slice(0, longestText) }, error))
  }
