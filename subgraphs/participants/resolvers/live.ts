import { reference } from '@guildhall/kit/entities'
import { registrationState } from '../domain/registration-window.ts'
import type { SeatAvailabilityResolvers, SubscriptionResolvers } from '../generated/graphql.ts'
import { watchOwn } from '../live/own-stream.ts'
import { watchSeats } from '../live/seat-stream.ts'
import type { EventSeatsRow, RegistrationRow } from '../tables.ts'

export const Subscription: SubscriptionResolvers = {
  registrationChanged: {
    subscribe: (_, __, ctx) => watchOwn(ctx),
    resolve: (registration: RegistrationRow) => registration,
  },
  seatAvailability: {
    subscribe: (_, { eventId }, ctx) => watchSeats(ctx, eventId),
    resolve: (seats: EventSeatsRow) => seats,
  },
}

export const SeatAvailability: SeatAvailabilityResolvers = {
  event: (seats) => reference('Event', seats.id),
  state: (seats, _, ctx) => registrationState(seats, ctx.now()),
  free: ({ held, seatLimit }) => (seatLimit === null ? null : seatLimit - held),
}
