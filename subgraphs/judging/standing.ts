import type { Context } from '@guildhall/kit/context'
import { objectStanding } from '@guildhall/kit/object-roles'
import contract from './contract.ts'
import { eventRoles } from './tables.ts'

/** Rights by roles on an event, as events tells of them. */
export const standing = objectStanding(contract, 'evt', eventRoles)

/** Whatever belongs to an event. */
interface OfEvent {
  eventId: string
  organizationId: string
}

/** Whether the caller manages the judging of an event. */
export const manages = (ctx: Context, { eventId, organizationId }: OfEvent): Promise<boolean> =>
  standing.can(ctx, 'judging:manage', { organizationId, id: eventId })

/** @throws Unauthenticated or Forbidden unless the caller manages the judging of the event. */
export const requireManager = (ctx: Context, { eventId, organizationId }: OfEvent): Promise<void> =>
  standing.require(ctx, 'judging:manage', { organizationId, id: eventId })

/** @throws Unauthenticated or Forbidden unless the caller judges the event. */
export const requireJudge = (ctx: Context, { eventId, organizationId }: OfEvent): Promise<void> =>
  standing.require(ctx, 'judging:judge', { organizationId, id: eventId })
