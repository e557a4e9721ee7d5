import ical, { ICalEventStatus } from 'ical-generator'
import type { EventRow } from '../tables.ts'
import { locationOf } from './event-draft.ts'

/**
 * Events as an iCalendar file. Times are in UTC, so that no calendar needs to know our time zones; who imports a file again
 * sees by the sequence that an event has changed, and by its status that it was called off.
 */
export function icalendarOf(name: string, events: readonly EventRow[]): string {
  const calendar = ical({ name, prodId: { company: 'Guildhall', product: 'Events', language: 'EN' } })
  for (const event of events) {
    const entry = calendar.createEvent({
      id: event.id,
      sequence: event.version,
      start: event.startsAt,
      end: event.endsAt,
      summary: event.title,
      description: event.summary,
      status: statusOf(event),
      url: event.onlineUrl && addressOf(event.onlineUrl),
      stamp: event.updatedAt,
      created: event.createdAt,
      lastModified: event.updatedAt,
    })
    const place = locationOf(event)
    const geo = place && { lat: place.latitude, lon: place.longitude }
    if (event.venue) entry.location(geo ? { title: event.venue, geo } : { title: event.venue })
    else if (geo) entry.location({ geo })
  }
  return calendar.toString()
}

/** The library takes addresses for text and would escape what is none in them. */
const addressOf = (url: string): string => url.replaceAll(/[,;\\]/g, (sign) => encodeURIComponent(sign))

function statusOf({ status }: EventRow): ICalEventStatus {
  if (status === 'CANCELLED') return ICalEventStatus.CANCELLED
  return status === 'DRAFT' ? ICalEventStatus.TENTATIVE : ICalEventStatus.CONFIRMED
}
