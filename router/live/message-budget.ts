/** Takes one message from the budget. False: it is used up. */
export type MessageBudget = (nowMs?: number) => boolean

/** So many messages at once, and then so many per second (a token bucket). */
export function createMessageBudget(burst: number, perSecond: number): MessageBudget {
  let left = burst
  let filledAt = performance.now()
  return (nowMs = performance.now()) => {
    left = Math.min(burst, left + ((nowMs - filledAt) / 1_000) * perSecond)
    filledAt = nowMs
    if (left < 1) return false
    left -= 1
    return true
  }
}
