import { moneyOf } from '@guildhall/kit/money'
import { payload } from '@guildhall/kit/outcome'
import { addEventPrize } from '../commands/add-event-prize.ts'
import { addEventTrack } from '../commands/add-event-track.ts'
import { removeEventPrize } from '../commands/remove-event-prize.ts'
import { removeEventTrack } from '../commands/remove-event-track.ts'
import { updateEventPrize } from '../commands/update-event-prize.ts'
import { updateEventTrack } from '../commands/update-event-track.ts'
import type {
  EventPrizeResolvers,
  EventResolvers,
  EventTrackResolvers,
  MutationResolvers,
} from '../generated/graphql.ts'
import { eventOf } from '../loaders.ts'

export const Mutation: MutationResolvers = {
  addEventTrack: async (_, { input }, ctx) => payload('track', await addEventTrack(ctx, input)),
  updateEventTrack: async (_, { input }, ctx) => payload('track', await updateEventTrack(ctx, input)),
  removeEventTrack: async (_, { input }, ctx) => payload('event', await removeEventTrack(ctx, input)),
  addEventPrize: async (_, { input }, ctx) => payload('prize', await addEventPrize(ctx, input)),
  updateEventPrize: async (_, { input }, ctx) => payload('prize', await updateEventPrize(ctx, input)),
  removeEventPrize: async (_, { input }, ctx) => payload('event', await removeEventPrize(ctx, input)),
}

export const Event: EventResolvers = {
  tracks: ({ id }, _, ctx) => ctx.loaders.tracksOfEvent.load(id),
  prizes: ({ id }, _, ctx) => ctx.loaders.prizesOfEvent.load(id),
}

export const EventTrack: EventTrackResolvers = {
  __resolveReference: async ({ id }, ctx) => ctx.loaders.track.load(id),
  event: (track, _, ctx) => eventOf(ctx, track),
  prizes: async (track, _, ctx) =>
    (await ctx.loaders.prizesOfEvent.load(track.eventId)).filter(({ trackId }) => trackId === track.id),
}

export const EventPrize: EventPrizeResolvers = {
  __resolveReference: async ({ id }, ctx) => ctx.loaders.prize.load(id),
  event: (prize, _, ctx) => eventOf(ctx, prize),
  track: ({ trackId }, _, ctx) => (trackId ? ctx.loaders.track.load(trackId) : null),
  amount: ({ amountMinor, currency }) =>
    amountMinor === null || currency === null ? null : moneyOf({ amountMinor, currency }),
}
