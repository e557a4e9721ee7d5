import type { Privacy } from '@guildhall/kit/privacy'
import { asc, eq } from 'drizzle-orm'
import { events, eventTransitions } from './tables.ts'

/** Events belong to their organizations: who made and moved them is told to the person, and afterwards leads to nobody. */
export const privacy: Privacy = {
  async collect(ctx, userId) {
    const [created, moved] = await Promise.all([
      ctx.db
        .select({ title: events.title, createdAt: events.createdAt })
        .from(events)
        .where(eq(events.createdById, userId))
        .orderBy(asc(events.createdAt), asc(events.id)),
      ctx.db
        .select({
          event: events.title,
          from: eventTransitions.from,
          to: eventTransitions.to,
          reason: eventTransitions.reason,
          at: eventTransitions.at,
        })
        .from(eventTransitions)
        .innerJoin(events, eq(events.id, eventTransitions.eventId))
        .where(eq(eventTransitions.actorId, userId))
        .orderBy(asc(eventTransitions.at), asc(eventTransitions.id)),
    ])
    return { eventsCreated: created, eventsMoved: moved }
  },

  erase: async () => {},
}
