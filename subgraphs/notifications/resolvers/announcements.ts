import { asReference, reference } from '@guildhall/kit/entities'
import { payload } from '@guildhall/kit/outcome'
import { watchPosted } from '../announcements/posted-stream.ts'
import { previewAnnouncement, previewOf } from '../announcements/preview.ts'
import { watchAnnouncement } from '../announcements/progress-stream.ts'
import { cancelAnnouncement } from '../commands/cancel-announcement.ts'
import { draftAnnouncement } from '../commands/draft-announcement.ts'
import { pauseAnnouncement } from '../commands/pause-announcement.ts'
import { resumeAnnouncement } from '../commands/resume-announcement.ts'
import { retryAnnouncement } from '../commands/retry-announcement.ts'
import { scheduleAnnouncement } from '../commands/schedule-announcement.ts'
import { sendAnnouncement } from '../commands/send-announcement.ts'
import { startAnnouncement } from '../commands/start-announcement.ts'
import { updateAnnouncement } from '../commands/update-announcement.ts'
import { isEditable, nextStatuses } from '../domain/announcement-life.ts'
import { type Group, standingsOf } from '../domain/segment.ts'
import type {
  AnnouncementRecipientResolvers,
  AnnouncementResolvers,
  AnnouncementTransitionResolvers,
  AudienceCategory,
  AudienceGroupResolvers,
  AudienceProjectStatus,
  AudienceStatus,
  EventResolvers,
  MutationResolvers,
  OrganizationResolvers,
  PostedAnnouncementResolvers,
  QueryResolvers,
  SubscriptionResolvers,
  SuppressionReason,
} from '../generated/graphql.ts'
import type { AnnouncementRow, PostedAnnouncementRow } from '../tables.ts'

export const Query: QueryResolvers = {
  announcement: (_, { id }, ctx) => ctx.loaders.announcement.load(id),
  previewAnnouncement: (_, args, ctx) => previewAnnouncement(ctx, args),
}

export const Mutation: MutationResolvers = {
  sendAnnouncement: async (_, { input }, ctx) => payload('announcement', await sendAnnouncement(ctx, input)),
  draftAnnouncement: async (_, { input }, ctx) =>
    payload('announcement', await draftAnnouncement(ctx, input)),
  updateAnnouncement: async (_, { input }, ctx) =>
    payload('announcement', await updateAnnouncement(ctx, input)),
  scheduleAnnouncement: async (_, { input }, ctx) =>
    payload('announcement', await scheduleAnnouncement(ctx, input)),
  startAnnouncement: async (_, { input }, ctx) =>
    payload('announcement', await startAnnouncement(ctx, input)),
  pauseAnnouncement: async (_, { input }, ctx) =>
    payload('announcement', await pauseAnnouncement(ctx, input)),
  resumeAnnouncement: async (_, { input }, ctx) =>
    payload('announcement', await resumeAnnouncement(ctx, input)),
  cancelAnnouncement: async (_, { input }, ctx) =>
    payload('announcement', await cancelAnnouncement(ctx, input)),
  retryAnnouncement: async (_, { input }, ctx) =>
    payload('announcement', await retryAnnouncement(ctx, input)),
}

export const PostedAnnouncement: PostedAnnouncementResolvers = {
  event: ({ eventId }) => reference('Event', eventId),
}

export const Subscription: SubscriptionResolvers = {
  announcementPosted: {
    subscribe: (_, { eventId }, ctx) => watchPosted(ctx, eventId),
    resolve: (posted: PostedAnnouncementRow) => posted,
  },
  announcementProgress: {
    subscribe: (_, { id }, ctx) => watchAnnouncement(ctx, id),
    resolve: (announcement: AnnouncementRow) => announcement,
  },
}

export const Announcement: AnnouncementResolvers = {
  __resolveReference: async ({ id }, ctx) => ctx.loaders.announcement.load(id),
  audience: ({ segment }) => standingsOf(segment) as AudienceStatus[],
  handedOverCount: ({ sentCount }) => sentCount,
  reachedCount: (announcement, _, ctx) => ctx.loaders.reachedCount.load(announcement),
  deliveryCounts: (announcement, _, ctx) => ctx.loaders.outcomeCounts.load(announcement),
  pendingCount: (row) => row.recipientCount - row.sentCount - row.suppressedCount - row.failedCount,
  nextStatuses: (announcement, _, ctx) =>
    ctx.can('announcements:send', announcement) ? nextStatuses(announcement) : [],
  preview: async (announcement, _, ctx) =>
    isEditable(announcement.status)
      ? previewOf(ctx, announcement, announcement.segment, announcement.channels)
      : null,
  recipients: ({ id }, { filter, first, after }, ctx) =>
    ctx.loaders.recipientsOfAnnouncement.load({
      parentId: id,
      page: { first: first ?? 20, after },
      filter: filter ?? null,
    }),
  history: ({ id }, _, ctx) => ctx.loaders.announcementHistory.load(id),
  event: (announcement) => reference('Event', announcement.eventId),
  organization: (announcement) => reference('Organization', announcement.organizationId),
  createdBy: (announcement) => reference('User', announcement.createdById),
}

export const AnnouncementTransition: AnnouncementTransitionResolvers = {
  actor: (transition) => reference('User', transition.actorId),
}

export const AnnouncementRecipient: AnnouncementRecipientResolvers = {
  user: ({ userId }) => reference('User', userId),
  reason: ({ status, reason }) => (status === 'SUPPRESSED' ? (reason as SuppressionReason | null) : null),
  deliveries: async ({ announcementId, status, ...entry }, _, ctx) => {
    // Of a preview there is no entry.
    if (announcementId === null || status === null) return []
    const announcement = await ctx.loaders.announcement.load(announcementId)
    return announcement
      ? ctx.loaders.recipientOutcomes.load({
          ...entry,
          announcementId,
          status,
          channels: announcement.channels,
        })
      : []
  },
}

export const AudienceGroup: AudienceGroupResolvers = {
  registrationStatus: (group) => (group.kind === 'REGISTRATIONS' ? (group.status as AudienceStatus[]) : null),
  registrationTag: (group) => (group.kind === 'REGISTRATIONS' ? (group.tag ?? null) : null),
  registrationCategory: (group) =>
    group.kind === 'REGISTRATIONS'
      ? ((group.category as AudienceCategory[] | null | undefined) ?? null)
      : null,
  role: (group) => (group.kind === 'MEMBERS' || group.kind === 'STAFF' ? group.role : null),
  team: (group) => (group.kind === 'TEAM' ? reference('Team', group.teamId) : null),
  projectStatus: (group) => (group.kind === 'PROJECTS' ? (group.status as AudienceProjectStatus[]) : null),
  project: (group: Group) => (group.kind === 'PROJECTS' ? reference('Project', group.projectId) : null),
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

export const Organization: OrganizationResolvers = {
  __resolveReference: asReference,
  announcements: ({ id }, { first, after }, ctx) =>
    ctx.loaders.announcementsOfOrganization.load({
      parentId: id,
      page: { first: first ?? 20, after },
      filter: null,
    }),
}
