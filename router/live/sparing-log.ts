import type { Log } from '@guildhall/kit/log'
import { createMessageBudget, type MessageBudget } from './message-budget.ts'

/** Writes a line, unless there were too many of its kind. */
export type SparingLog = (kind: string, facts: Readonly<Record<string, unknown>>, message: string) => void

/** As with reports of faults: this many of a kind at once, then one every five seconds. */
const burst = 20
const perSecond = 0.2

interface Kind {
  take: MessageBudget
  /** Lines that were left out since the last. */
  untold: number
}

/**
 * For what strangers can bring about as often as they like: a flood of it fills no log, and metrics have its size. A line
 * that comes after others were left out says how many. Kinds are those of a short list: nothing that clients choose.
 */
export function createSparingLog(log: Log): SparingLog {
  const kinds = new Map<string, Kind>()
  return (name, facts, message) => {
    const kind = kinds.get(name) ?? { take: createMessageBudget(burst, perSecond), untold: 0 }
    kinds.set(name, kind)
    if (!kind.take()) {
      kind.untold += 1
      return
    }
    const untold = kind.untold || undefined
    kind.untold = 0
    log.info({ ...facts, untold }, message)
  }
}
