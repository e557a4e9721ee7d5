import { createLog, type Log } from '@guildhall/kit/log'
import { expect } from 'vitest'

/** A line of the log, as far as it is looked at. */
export interface LogLine {
  level: string
  msg?: string
  requestId?: string
  errorId?: string
  errorIds?: string[]
  codes?: string[]
  [field: string]: unknown
}

/** What a house of production writes, to look for what a client was told. */
export interface KeptLog {
  log: Log
  lines: LogLine[]
  /** The lines that an operator finds who is given this id by a client. */
  about(errorId: string): LogLine[]
  /** Each error of an answer stands in the line of its operation, and all lines about it name one request. */
  expectTold(errors: readonly Refusal[]): void
}

/** An error as a client gets it. */
export interface Refusal {
  message: string
  extensions: { code: string; errorId: string; retryable: boolean }
}

export function keepLog(): KeptLog {
  const lines: LogLine[] = []
  const about = (id: string) =>
    lines.filter(({ errorId, errorIds }) => errorId === id || errorIds?.includes(id))
  return {
    log: createLog('info', { write: (line) => void lines.push(JSON.parse(line)) }),
    lines,
    about,
    expectTold(errors) {
      for (const { code, errorId } of errors.map(({ extensions }) => extensions)) {
        const found = about(errorId)
        expect(found.flatMap(({ codes }) => (codes ? [codes] : []))).toEqual([expect.arrayContaining([code])])
        expect([...new Set(found.map(({ requestId }) => requestId))]).toEqual([expect.any(String)])
      }
    },
  }
}
