import type { Privacy } from '@guildhall/kit/privacy'
import { asc, eq } from 'drizzle-orm'
import { lockEvent } from './lock-event.ts'
import { changeRoles } from './memberships.ts'
import { eventMemberships, events, eventTransitions } from './tables.ts'

/** Events belong to their organizations: who made and moved them is told to the person, and afterwards leads to nobody. */
export const privacy: Privacy = {
  async collect(ctx, userId) {
    const [created, moved, roles] = await Promise.all([
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
      ctx.db
        .select({ event: events.title, roles: eventMemberships.roles, since: eventMemberships.createdAt })
        .from(eventMemberships)
        .innerJoin(events, eq(events.id, eventMemberships.eventId))
        .where(eq(eventMemberships.userId, userId))
        .orderBy(asc(eventMemberships.createdAt), asc(eventMemberships.id)),
    ])
    return { eventsCreated: created, eventsMoved: moved, eventRoles: roles }
  },

  /** Roles are given back, which other domains hear of; who the person was in the history of events leads to nobody. */
  async erase(ctx, tx, userId) {
    const held = await tx
      .select({ eventId: eventMemberships.eventId, roles: eventMemberships.roles })
      .from(eventMemberships)
      .where(eq(eventMemberships.userId, userId))
      .orderBy(asc(eventMemberships.eventId))
    for (const { eventId, roles } of held) {
      await changeRoles(ctx, tx, { event: await lockEvent(tx, eventId), userId, take: roles })
    }
  },
}
