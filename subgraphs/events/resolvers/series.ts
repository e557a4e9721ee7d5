import { reference } from '@guildhall/kit/entities'
import { payload } from '@guildhall/kit/outcome'
import { cloneEvent } from '../commands/clone-event.ts'
import { createEventSeries } from '../commands/create-event-series.ts'
import { updateEventSeries } from '../commands/update-event-series.ts'
import { icalendarOf } from '../domain/icalendar.ts'
import type {
  EventResolvers,
  EventSeriesResolvers,
  MutationResolvers,
  OrganizationResolvers,
  QueryResolvers,
} from '../generated/graphql.ts'

export const Query: QueryResolvers = {
  eventSeries: (_, { id }, ctx) => ctx.loaders.series.load(id),
}

export const Mutation: MutationResolvers = {
  createEventSeries: async (_, { input }, ctx) => payload('series', await createEventSeries(ctx, input)),
  updateEventSeries: async (_, { input }, ctx) => payload('series', await updateEventSeries(ctx, input)),
  cloneEvent: async (_, { input }, ctx) => payload('event', await cloneEvent(ctx, input)),
}

export const Event: EventResolvers = {
  series: ({ seriesId }, _, ctx) => (seriesId ? ctx.loaders.series.load(seriesId) : null),
  icalendar: (event) => icalendarOf(event.title, [event]),
}

export const EventSeries: EventSeriesResolvers = {
  __resolveReference: async ({ id }, ctx) => ctx.loaders.series.load(id),
  organization: ({ organizationId }) => reference('Organization', organizationId),
  events: ({ id }, { first, after }, ctx) =>
    ctx.loaders.eventsOfSeries.load({ parentId: id, page: { first: first ?? 20, after }, filter: null }),
  icalendar: async ({ id, title }, _, ctx) => {
    const page = { first: 100 }
    const { nodes } = await ctx.loaders.eventsOfSeries.load({ parentId: id, page, filter: null })
    return icalendarOf(title, nodes)
  },
}

export const Organization: OrganizationResolvers = {
  eventSeries: ({ id }, { first, after }, ctx) =>
    ctx.loaders.seriesOfOrganization.load({
      parentId: id,
      page: { first: first ?? 20, after },
      filter: null,
    }),
}
