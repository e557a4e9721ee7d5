/** So many wrong codes are looked at … */
export const wrongCodesMax = 10
/** … within this time. */
export const wrongCodesWindowMs = 10 * 60_000

/** Of the times at which somebody was wrong, those that still count. */
export const recentOf = (failedAt: readonly Date[], now: Date): Date[] =>
  failedAt.filter((at) => now.getTime() - at.getTime() < wrongCodesWindowMs)

/** For how long no further code is looked at; 0 when one is. */
export function waitSeconds(recent: readonly Date[], now: Date): number {
  if (recent.length < wrongCodesMax) return 0
  const first = Math.min(...recent.map((at) => at.getTime()))
  return Math.max(1, Math.ceil((first + wrongCodesWindowMs - now.getTime()) / 1_000))
}
