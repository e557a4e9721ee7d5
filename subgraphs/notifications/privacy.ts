import type { Privacy } from '@guildhall/kit/privacy'
import { asc, eq, sql } from 'drizzle-orm'
import { announcements, members, notifications, preferences, recipients } from './tables.ts'

/** The inbox and its settings go. Announcements belong to their organizations; their ledgers count, they tell no names. */
export const privacy: Privacy = {
  async collect(ctx, userId) {
    const [inbox, settings, sent] = await Promise.all([
      ctx.db
        .select({
          type: notifications.type,
          title: notifications.title,
          body: notifications.body,
          createdAt: notifications.createdAt,
          readAt: notifications.readAt,
        })
        .from(notifications)
        .where(eq(notifications.recipientId, userId))
        .orderBy(asc(notifications.seq)),
      ctx.db
        .select({
          category: preferences.category,
          channel: preferences.channel,
          isEnabled: preferences.isEnabled,
        })
        .from(preferences)
        .where(eq(preferences.userId, userId))
        .orderBy(asc(preferences.category), asc(preferences.channel)),
      ctx.db
        .select({ subject: announcements.subject, createdAt: announcements.createdAt })
        .from(announcements)
        .where(eq(announcements.createdById, userId))
        .orderBy(asc(announcements.createdAt), asc(announcements.id)),
    ])
    return { notifications: inbox, notificationPreferences: settings, announcementsSent: sent }
  },

  async erase(_ctx, tx, userId) {
    // The recipient's row first: whoever delivers waits for it.
    await tx
      .update(recipients)
      .set({ unread: 0, forgottenSeq: sql`${recipients.seq}` })
      .where(eq(recipients.id, userId))
    await tx.delete(notifications).where(eq(notifications.recipientId, userId))
    await tx.delete(preferences).where(eq(preferences.userId, userId))
    await tx.delete(members).where(eq(members.userId, userId))
  },
}
