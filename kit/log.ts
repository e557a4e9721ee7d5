import {
  type DestinationStream,
  destination as descriptor,
  type Logger,
  multistream,
  pino,
  stdTimeFunctions,
} from 'pino'
import type { FaultSink } from './faults/report-faults.ts'
import { errorFields } from './log/error-fields.ts'
import { version } from './version.ts'

export type Log = Logger

/** What is never written, wherever in a line it stands: the net below the rule that inputs are not logged. */
const secretNames = [
  'password',
  'token',
  'accessToken',
  'refreshToken',
  'secret',
  'authorization',
  'cookie',
  '["x-guildhall-context"]',
  'context',
  'email',
  'phone',
  'variables',
]

const redacted = secretNames.flatMap((name) => {
  const step = name.startsWith('[') ? name : `.${name}`
  return [name, `*${step}`, `*.*${step}`]
})

/**
 * One JSON line per operation, command and reaction, and one per error. Ids yes, inputs no.
 *
 * @param service what this process is: the router, domains, or all in one.
 * @param destination default: standard output.
 * @param faults gets a copy of the lines about faults.
 */
export const createLog = (
  level: string,
  destination?: DestinationStream,
  service = 'guildhall',
  faults?: FaultSink,
): Log => {
  const options = {
    level,
    base: { service, version },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: errorFields },
    redact: { paths: redacted, censor: '…' },
  }
  if (faults) {
    const all = { level: 'trace', stream: destination ?? descriptor(1) } as const
    return pino(options, multistream([all, { level: 'error', stream: faults }]))
  }
  return destination ? pino(options, destination) : pino(options)
}
