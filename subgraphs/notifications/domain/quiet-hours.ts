import { isTimeZone } from '@guildhall/kit/validate'
import { Temporal } from 'temporal-polyfill'

export const weekdays = [
  'MONDAY',
  'TUESDAY',
  'WEDNESDAY',
  'THURSDAY',
  'FRIDAY',
  'SATURDAY',
  'SUNDAY',
] as const

export type Weekday = (typeof weekdays)[number]

/** One quiet time of the week. It ends on the next day when the end is not after the start. */
export interface QuietWindow {
  weekday: Weekday
  /** `HH:MM`, as the clock on the wall says. */
  startsAt: string
  endsAt: string
}

/** When somebody is not to be disturbed outside of the app. */
export interface QuietHours {
  /** IANA zone of the clock on the wall. */
  timezone: string
  windows: readonly QuietWindow[]
  /** Whether what is critical comes nevertheless. */
  isCriticalAllowed: boolean
}

/** The end of the quiet time that an instant lies in, with all that follow without a break; null when it lies in none. */
export function quietUntil(hours: Pick<QuietHours, 'timezone' | 'windows'>, now: Date): Date | null {
  let end: number | null = null
  // Windows that cover the week are refused; each step passes the end of one.
  for (let step = 0; step <= hours.windows.length * 8; step++) {
    const next = endOfWindowAt(hours, end ?? now.getTime())
    if (next === null) break
    end = next
  }
  return end === null ? null : new Date(end)
}

function endOfWindowAt({ timezone, windows }: Pick<QuietHours, 'timezone' | 'windows'>, at: number) {
  const today = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timezone).toPlainDate()
  let latest: number | null = null
  // Of yesterday may be one that crosses midnight; of tomorrow, where a zone has skipped a day.
  for (const day of [today.subtract({ days: 1 }), today, today.add({ days: 1 })]) {
    for (const window of windows) {
      if (weekdays[day.dayOfWeek - 1] !== window.weekday) continue
      const { start, end } = spanOf(window, day, timezone)
      if (start <= at && at < end && (latest === null || end > latest)) latest = end
    }
  }
  return latest
}

/** When a window of a day is quiet, in milliseconds. */
export function spanOf(
  { startsAt, endsAt }: QuietWindow,
  day: Temporal.PlainDate,
  timezone: string,
): { start: number; end: number } {
  const lastDay = endsAt > startsAt ? day : day.add({ days: 1 })
  return { start: edge(day, startsAt, timezone, 'FIRST'), end: edge(lastDay, endsAt, timezone, 'LAST') }
}

/**
 * The instant at which the clock on the wall gets to a time. Where the clock is put back it gets there twice: quiet
 * begins with the first and ends with the last. Where it is put forward over the time, it gets there by that.
 */
function edge(day: Temporal.PlainDate, time: string, timezone: string, which: 'FIRST' | 'LAST'): number {
  const wall = day.toPlainDateTime(Temporal.PlainTime.from(time))
  const earlier = wall.toZonedDateTime(timezone, { disambiguation: 'earlier' })
  const later = wall.toZonedDateTime(timezone, { disambiguation: 'later' })
  if (earlier.toPlainDateTime().equals(wall)) {
    return (which === 'FIRST' ? earlier : later).epochMilliseconds
  }
  return (earlier.getTimeZoneTransition('next') ?? later).epochMilliseconds
}

/** Three a day; who wants more wants something else. */
export const windowsMax = 21

/** Why hours cannot be kept, with the place of what is wrong. */
export interface QuietHoursProblem {
  code: 'TIMEZONE_INVALID' | 'WINDOW_INVALID'
  message: string
  path: string[]
}

export function quietHoursProblems({
  timezone,
  windows,
}: Pick<QuietHours, 'timezone' | 'windows'>): QuietHoursProblem[] {
  const problems: QuietHoursProblem[] = []
  if (!isTimeZone(timezone)) {
    problems.push({ code: 'TIMEZONE_INVALID', message: 'Not an IANA time zone.', path: ['timezone'] })
  }
  const invalid = (message: string, ...path: string[]) =>
    problems.push({ code: 'WINDOW_INVALID', message, path: ['windows', ...path] })
  if (windows.length > windowsMax) invalid(`At most ${windowsMax} windows.`)
  for (const [place, window] of windows.entries()) {
    for (const field of ['startsAt', 'endsAt'] as const) {
      if (!timeShape.test(window[field])) invalid('Not a time such as 22:30.', String(place), field)
    }
  }
  if (problems.length === 0 && coversWeek(windows)) invalid('Leave some time at which you can be reached.')
  return problems
}

const timeShape = /^([01]\d|2[0-3]):[0-5]\d$/

const minutesOfDay = 24 * 60
const minutesOfWeek = 7 * minutesOfDay

/** Whether there is no minute of a plain week without quiet: what waits would wait for ever. */
function coversWeek(windows: readonly QuietWindow[]): boolean {
  const quiet = new Uint8Array(minutesOfWeek)
  for (const { weekday, startsAt, endsAt } of windows) {
    const start = weekdays.indexOf(weekday) * minutesOfDay + minuteOf(startsAt)
    const length = minuteOf(endsAt) - minuteOf(startsAt)
    for (let minute = 0; minute < (length > 0 ? length : length + minutesOfDay); minute++) {
      quiet[(start + minute) % minutesOfWeek] = 1
    }
  }
  return windows.length > 0 && !quiet.includes(0)
}

const minuteOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3))
