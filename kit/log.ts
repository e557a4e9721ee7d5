import { type Logger, pino } from 'pino'

export type Log = Logger

/** One JSON line per operation, command and reaction, to standard output. Secrets are cut out by path. */
export const createLog = (level: string): Log =>
  pino({
    level,
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
  })
