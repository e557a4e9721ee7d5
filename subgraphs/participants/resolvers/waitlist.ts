import { payload } from '@guildhall/kit/outcome'
import { offerNextFromWaitlist } from '../commands/offer-next-from-waitlist.ts'
import { reorderWaitlist } from '../commands/reorder-waitlist.ts'
import { updateWaitlistSettings } from '../commands/update-waitlist-settings.ts'
import type { EventResolvers, MutationResolvers } from '../generated/graphql.ts'
import { standing } from '../standing.ts'

export const Mutation: MutationResolvers = {
  updateWaitlistSettings: async (_, { input }, ctx) =>
    payload('settings', await updateWaitlistSettings(ctx, input)),
  reorderWaitlist: async (_, { input }, ctx) => payload('registration', await reorderWaitlist(ctx, input)),
  offerNextFromWaitlist: async (_, { input }, ctx) =>
    payload('registrations', await offerNextFromWaitlist(ctx, input)),
}

export const Event: EventResolvers = {
  waitlistSettings: ({ id }, _, ctx) => ctx.loaders.eventSeats.load(id),
  waitlist: async ({ id }, { first, after }, ctx) => {
    const event = await ctx.loaders.eventSeats.load(id)
    if (!event || !(await standing.can(ctx, 'participants:review', event))) return null
    return ctx.loaders.waitlistOfEvent.load({
      parentId: id,
      page: { first: first ?? 20, after },
      filter: null,
    })
  },
}
