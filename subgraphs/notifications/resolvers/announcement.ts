import { asReference, reference } from '@guildhall/kit/entities'
import type { AnnouncementResolvers, AudienceStatus, EventResolvers } from '../generated/graphql.ts'

export const Announcement: AnnouncementResolvers = {
  __resolveReference: async ({ id }, ctx) => ctx.loaders.announcement.load(id),
  audience: (announcement) => announcement.audience as AudienceStatus[],
  event: (announcement) => reference('Event', announcement.eventId),
  organization: (announcement) => reference('Organization', announcement.organizationId),
  createdBy: (announcement) => reference('User', announcement.createdById),
}

export const Event: EventResolvers = {
  __resolveReference: asReference,
  announcements: ({ id }, { first, after }, ctx) =>
    ctx.loaders.announcementsOfEvent.load({
      parentId: id,
      page: { first: first ?? 20, after },
      filter: null,
    }),
}
