import type { Ctx } from '../loaders.ts'
import { standing } from '../standing.ts'

/** Something that belongs to an event. */
export interface OfEvent {
  organizationId: string
  eventId: string
}

/** Whether the caller manages the forms, answers and invitations of an event. */
export const isManager = (ctx: Ctx, { organizationId, eventId }: OfEvent): Promise<boolean> =>
  standing.can(ctx, 'participants:manage', { organizationId, id: eventId })

/** @throws Unauthenticated or Forbidden. */
export const requireManager = (ctx: Ctx, { organizationId, eventId }: OfEvent): Promise<void> =>
  standing.require(ctx, 'participants:manage', { organizationId, id: eventId })
