import { previewAnnouncement } from '../audience.ts'
import type { QueryResolvers } from '../generated/graphql.ts'

export const Query: QueryResolvers = {
  announcement: (_, { id }, ctx) => ctx.loaders.announcement.load(id),
  previewAnnouncement: (_, { eventId, segment }, ctx) => previewAnnouncement(ctx, eventId, segment.status),
}
