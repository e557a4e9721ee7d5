import { reference } from '@guildhall/kit/entities'
import { payload } from '@guildhall/kit/outcome'
import { grantEventRoles } from '../commands/grant-event-roles.ts'
import { revokeEventRoles } from '../commands/revoke-event-roles.ts'
import { eventRoleNames } from '../contract.ts'
import type { EventMembershipResolvers, EventResolvers, MutationResolvers } from '../generated/graphql.ts'
import { standing } from '../standing.ts'

export const Mutation: MutationResolvers = {
  grantEventRoles: async (_, { input }, ctx) => payload('membership', await grantEventRoles(ctx, input)),
  revokeEventRoles: async (_, { input }, ctx) => payload('membership', await revokeEventRoles(ctx, input)),
}

export const Event: EventResolvers = {
  memberships: async (event, { roles, first, after }, ctx) =>
    (await standing.can(ctx, 'events:write', event))
      ? ctx.loaders.memberships.load({
          parentId: event.id,
          page: { first: first ?? 20, after },
          filter: roles ? [...roles] : null,
        })
      : null,
  myRoles: async (event, _, ctx) => {
    const held = await standing.roles(ctx, event.id)
    return eventRoleNames.filter((role) => held.includes(role))
  },
}

export const EventMembership: EventMembershipResolvers = {
  __resolveReference: async ({ id }, ctx) => ctx.loaders.membership.load(id),
  user: ({ userId }) => reference('User', userId),
  event: ({ eventId }, _, ctx) => ctx.loaders.event.load(eventId),
}
