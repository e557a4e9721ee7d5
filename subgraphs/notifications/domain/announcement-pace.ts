import type { AnnouncementRow } from '../tables.ts'

/** Recipients dealt with in one transaction: their inboxes are locked that long. */
export const announcementPageSize = 500

/** A page that broke so often is taken apart: each recipient by itself. */
export const attemptsBeforeApart = 3

/** Recipients of a page that is taken apart; so many pages of these are what the broken one had. */
const apartPageSize = 100
const apartPages = announcementPageSize / apartPageSize

/** Attempts after a page that went well: one that was taken apart is followed by the rest of what broke. */
export const attemptsAfter = (attempts: number, hasFailed: boolean): number =>
  attempts < attemptsBeforeApart || hasFailed || attempts + 1 >= attemptsBeforeApart + apartPages
    ? 0
    : attempts + 1

/** So often the preparation may break in a row: an hour, with the pauses in between. */
export const preparationAttemptsMax = 65

const minuteMs = 60_000

/** What was left unused of the rate so long ago may still be used: looks come a second apart. */
const lateMs = 1_000

type Paced = Pick<AnnouncementRow, 'ratePerMinute' | 'attempts'>

/** How many recipients the next page has: with a low rate so few that a page comes about every ten seconds. */
export function pageSizeOf({ ratePerMinute, attempts }: Paced): number {
  const size = attempts >= attemptsBeforeApart ? apartPageSize : announcementPageSize
  return ratePerMinute === null ? size : Math.min(size, Math.max(1, Math.ceil(ratePerMinute / 6)))
}

/** When the page after one of so many recipients is due. */
export function nextPageAt(
  { ratePerMinute, nextStepAt }: Pick<AnnouncementRow, 'ratePerMinute' | 'nextStepAt'>,
  count: number,
  now: Date,
): Date {
  if (ratePerMinute === null) return now
  const due = Math.max(nextStepAt?.getTime() ?? 0, now.getTime() - lateMs)
  return new Date(due + Math.ceil((count * minuteMs) / ratePerMinute))
}

/** When work that was halted, or that failed, goes on: at once, unless the rate has it wait for longer. */
export const goesOnAt = ({ pacedUntil }: Pick<AnnouncementRow, 'pacedUntil'>, now: Date): Date =>
  pacedUntil !== null && pacedUntil > now ? pacedUntil : now

/** When to try again what broke: after a second, then ever later, up to a minute. */
export const retryAt = (attempts: number, now: Date): Date =>
  new Date(now.getTime() + Math.min(60_000, 1_000 * 2 ** Math.min(attempts, 6)))
