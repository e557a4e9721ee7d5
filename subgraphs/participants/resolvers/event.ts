import { asReference } from '@guildhall/kit/entities'
import { liveStatuses, type RegistrationStatus } from '../domain/registration-status.ts'
import { registrationState } from '../domain/registration-window.ts'
import type { EventResolvers } from '../generated/graphql.ts'
import { standing } from '../standing.ts'

export const Event: EventResolvers = {
  __resolveReference: asReference,
  registrations: async ({ id }, { filter, orderBy, first, after }, ctx) => {
    const event = await ctx.loaders.eventSeats.load(id)
    if (!event || !(await standing.can(ctx, 'participants:review', event))) return null
    // Who does not queue has no place in the order of the queue.
    const listed = orderBy?.field === 'WAITLIST' ? { ...filter, isQueueing: true as const } : (filter ?? null)
    const order = orderBy ?? { field: 'NUMBER', direction: 'ASC' }
    return ctx.loaders
      .registrationsOfEvent(order)
      .load({ parentId: id, page: { first: first ?? 20, after }, filter: listed })
  },
  registrationCounts: async ({ id }, _, ctx) => {
    const event = await ctx.loaders.eventSeats.load(id)
    if (!event) return null
    const counts = await ctx.loaders.statusCounts.load(id)
    const sum = (statuses: readonly RegistrationStatus[]) =>
      counts.filter((row) => statuses.includes(row.status)).reduce((total, row) => total + row.count, 0)
    return {
      held: event.held,
      live: sum(liveStatuses),
      confirmed: sum(['CONFIRMED', 'CHECKED_IN']),
      waitlisted: sum(['WAITLISTED']),
      waitlistedSeats: counts.find((row) => row.status === 'WAITLISTED')?.seats ?? 0,
      pending: sum(['PENDING_APPROVAL']),
      capacity: event.capacity,
    }
  },
  myRegistration: ({ id }, _, ctx) => ctx.loaders.myRegistration.load(id),
  registrationState: async ({ id }, _, ctx) => {
    const event = await ctx.loaders.eventSeats.load(id)
    return event && registrationState(event, ctx.now())
  },
}
