import { Temporal } from 'temporal-polyfill'

/**
 * Moves times as a calendar does: what was at 9 o'clock thirty days before is at 9 o'clock thirty days before, whether or
 * not summer time begins in between. A time that the clock skips becomes the one after the gap; of two alike, the first.
 *
 * @param from a time of the event as it was.
 * @param to where that time goes; the others keep their distance to it, in days and hours by the clock on the wall.
 */
export function movedWith(timezone: string, from: Date, to: Date): (at: Date) => Date {
  const onWall = (at: Date) =>
    Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(timezone).toPlainDateTime()
  const [before, after] = [onWall(from), onWall(to)]
  return (at) => {
    if (at.getTime() === from.getTime()) return to
    const distance = before.until(onWall(at), { largestUnit: 'day' })
    return new Date(after.add(distance).toZonedDateTime(timezone).epochMilliseconds)
  }
}
