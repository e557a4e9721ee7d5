import type { Log } from '@guildhall/kit/log'
import { scrub } from '@guildhall/kit/log/scrub'

/** What Apollo's packages find worth telling is for whoever looks for a problem in them. */
export const quietLogger = (log: Log) => ({
  debug: (message: unknown) => log.trace(clean(message)),
  info: (message: unknown) => log.debug(clean(message)),
  warn: (message: unknown) => log.warn(clean(message)),
  error: (message: unknown) => log.error(clean(message)),
})

const clean = (message: unknown) => (typeof message === 'string' ? scrub(message) : message)
