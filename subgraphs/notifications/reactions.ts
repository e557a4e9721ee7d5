import { eventMembershipChanged } from '@guildhall/events/contract'
import {
  serviceAccountCreated,
  userErased,
  userProfileUpdated,
  userRegistered,
} from '@guildhall/identity/contract'
import { keepFrom, type Reaction, reactTo } from '@guildhall/kit/events/envelope'
import { keepObjectRoles } from '@guildhall/kit/object-roles'
import { membershipChanged, organizationClosed, permissionsChanged } from '@guildhall/organizations/contract'
import { endAnnouncementsOf } from './announcements/forget.ts'
import { declaredNotifications } from './domain/notification-types.ts'
import { eventRoles } from './tables.ts'
import * as projections from './telling/projections.ts'
import { tell } from './telling/tell.ts'

/** What the domain remembers of the others to know whom to tell in which words, and what drives itself. */
const own: readonly Reaction[] = [
  keepFrom(userRegistered, { apply: (tx, { payload }) => projections.keepProfile(tx, payload) }),
  keepFrom(userProfileUpdated, { apply: (tx, { payload }) => projections.keepProfile(tx, payload) }),
  keepFrom(serviceAccountCreated, {
    apply: (tx, { payload }) => projections.keepMachine(tx, payload.userId),
  }),
  keepFrom(userErased, { apply: (tx, { payload }) => projections.forgetPerson(tx, payload.userId) }),
  keepFrom(membershipChanged, {
    prepare: (ctx, { payload }) => projections.permissionsOf(ctx, payload),
    apply: (tx, { payload }, _, permissions) => projections.keepMember(tx, payload, permissions),
  }),
  keepFrom(permissionsChanged, {
    prepare: (ctx, { payload }) => projections.permissionsOf(ctx, payload),
    apply: (tx, { payload }, _, permissions) => projections.keepPermissions(tx, payload, permissions),
  }),
  keepFrom(eventMembershipChanged, {
    apply: (tx, { payload }) => keepObjectRoles(tx, eventRoles, { ...payload, objectId: payload.eventId }),
  }),
  reactTo(organizationClosed, {
    apply: (tx, { payload }, ctx) => endAnnouncementsOf(tx, ctx, payload.organizationId),
  }),
]

const ownOf = new Map(own.map((reaction) => [reaction.event.name, reaction]))

/** Events that the domain remembers something of, and all of which some domain declares that people are told. */
const heard = new Map(
  [...own, ...declaredNotifications].flatMap(({ event }) => (event ? [[event.name, event] as const] : [])),
)

export const reactions: readonly Reaction[] = [...heard.values()].map((event) => {
  const remembers = ownOf.get(event.name)
  return {
    ...remembers,
    event,
    // People are told: their inboxes are everybody's rivals.
    isLocal: false,
    // A replayed event is remembered again (`rebuild`), but told to nobody.
    apply: async (tx, envelope, ctx, prepared) => {
      await remembers?.apply(tx, envelope, ctx, prepared)
      await tell(tx, envelope, ctx)
    },
  }
})
