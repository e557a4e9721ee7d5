import { type DestinationStream, type Logger, pino } from 'pino'

export type Log = Logger

const options = {
  base: null,
  redact: [
    '*.password',
    '*.token',
    '*.secret',
    '*.authorization',
    'authorization',
    'cookie',
    'email',
    '*.email',
  ],
}

/**
 * One JSON line per operation, command and reaction. Secrets are cut out by path.
 *
 * @param destination default: standard output.
 */
export const createLog = (level: string, destination?: DestinationStream): Log =>
  destination ? pino({ ...options, level }, destination) : pino({ ...options, level })
