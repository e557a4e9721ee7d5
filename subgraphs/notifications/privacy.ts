import type { Privacy } from '@guildhall/kit/privacy'
import { asc, eq, sql } from 'drizzle-orm'
import { leaveOpenAnnouncements } from './announcements/forget.ts'
import { collectDeliveries, eraseDevices } from './deliveries/privacy.ts'
import {
  announcements,
  announcementTransitions,
  digests,
  notifications,
  preferences,
  quietHours,
  recipients,
  repeats,
  watches,
} from './tables.ts'
import { forgetMemberships, forgetPerson } from './telling/projections.ts'

/** The inbox and its settings go. Announcements belong to their organizations; their ledgers hold ids, which name nobody any more. */
export const privacy: Privacy = {
  async collect(ctx, userId) {
    const [inbox, settings, watched, hours, sent, steps] = await Promise.all([
      ctx.db
        .select({
          type: notifications.type,
          title: notifications.title,
          body: notifications.body,
          createdAt: notifications.createdAt,
          seenAt: notifications.seenAt,
          readAt: notifications.readAt,
          archivedAt: notifications.archivedAt,
          snoozedUntil: notifications.snoozedUntil,
        })
        .from(notifications)
        .where(eq(notifications.recipientId, userId))
        .orderBy(asc(notifications.seq)),
      ctx.db
        .select({
          scopeId: preferences.scopeId,
          type: preferences.type,
          category: preferences.category,
          channel: preferences.channel,
          isEnabled: preferences.isEnabled,
        })
        .from(preferences)
        .where(eq(preferences.userId, userId))
        .orderBy(
          asc(preferences.scopeId),
          asc(preferences.type),
          asc(preferences.category),
          asc(preferences.channel),
        ),
      ctx.db
        .select({ subjectId: watches.subjectId, level: watches.level, since: watches.createdAt })
        .from(watches)
        .where(eq(watches.userId, userId))
        .orderBy(asc(watches.createdAt), asc(watches.id)),
      ctx.db
        .select({
          timezone: quietHours.timezone,
          windows: quietHours.windows,
          isCriticalAllowed: quietHours.isCriticalAllowed,
        })
        .from(quietHours)
        .where(eq(quietHours.id, userId)),
      ctx.db
        .select({ subject: announcements.subject, createdAt: announcements.createdAt })
        .from(announcements)
        .where(eq(announcements.createdById, userId))
        .orderBy(asc(announcements.createdAt), asc(announcements.id)),
      ctx.db
        .select({
          subject: announcements.subject,
          from: announcementTransitions.from,
          to: announcementTransitions.to,
          at: announcementTransitions.at,
        })
        .from(announcementTransitions)
        .innerJoin(announcements, eq(announcements.id, announcementTransitions.announcementId))
        .where(eq(announcementTransitions.actorId, userId))
        .orderBy(asc(announcementTransitions.at), asc(announcementTransitions.id)),
    ])
    return {
      notifications: inbox,
      notificationPreferences: settings,
      watchedSubjects: watched,
      quietHours: hours,
      announcementsSent: sent,
      announcementsMoved: steps,
      ...(await collectDeliveries(ctx, userId)),
    }
  },

  async erase(ctx, tx, userId) {
    await leaveOpenAnnouncements(tx, userId, ctx.now())
    // The recipient's row first: whoever delivers waits for it.
    await tx
      .update(recipients)
      .set({
        unseen: 0,
        unread: 0,
        archived: 0,
        snoozed: 0,
        forgottenSeq: sql`${recipients.seq}`,
        // Open streams learn of it.
        revision: sql`${recipients.revision} + 1`,
      })
      .where(eq(recipients.id, userId))
    await tx.delete(notifications).where(eq(notifications.recipientId, userId))
    await eraseDevices(tx, userId)
    await tx.delete(digests).where(eq(digests.recipientId, userId))
    await tx.delete(preferences).where(eq(preferences.userId, userId))
    await tx.delete(quietHours).where(eq(quietHours.id, userId))
    await tx.delete(watches).where(eq(watches.userId, userId))
    await tx.delete(repeats).where(eq(repeats.recipientId, userId))
    tx.afterCommit(() => ctx.signals.send('inbox', [userId]))
    await forgetMemberships(tx, userId)
    await forgetPerson(tx, userId)
  },
}
