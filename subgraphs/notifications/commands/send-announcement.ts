import type { Transaction } from '@guildhall/kit/context'
import { done, type Failure, failed, type Outcome } from '@guildhall/kit/outcome'
import { progressOf } from '../announcement-pages.ts'
import { audienceOf, eventOf } from '../audience.ts'
import contract, { announcementQueued } from '../contract.ts'
import { announcementProblems, recipientsMax } from '../domain/announcement-draft.ts'
import type { SendAnnouncementInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { type AnnouncementRow, announcementRecipients, announcements } from '../tables.ts'

/**
 * Accepts an announcement: its recipients are written down now, whoever registers later is not among them. Reactions
 * to what is published here then send it, page by page.
 */
export async function sendAnnouncement(
  ctx: Ctx,
  input: SendAnnouncementInput,
): Promise<Outcome<AnnouncementRow>> {
  const viewer = ctx.requireViewer()
  const event = await eventOf(ctx, input.eventId)
  if (!event) return failed(contract.failure('NOT_FOUND', 'There is no such event.', ['input', 'eventId']))
  ctx.require('announcements:send', event)
  const problems = announcementProblems(input)
  if (problems.length > 0) return failed(...problems)
  const audience = [...new Set(input.segment.status)]
  const { userIds, isTooLarge } = await audienceOf(ctx, event.id, audience)
  if (isTooLarge) return failed(audienceTooLarge)
  if (userIds.length === 0) {
    return failed(
      contract.failure('AUDIENCE_EMPTY', 'Nobody is in this segment.', ['input', 'segment', 'status']),
    )
  }

  return ctx.transaction(
    'sendAnnouncement',
    async (tx) => {
      const [announcement] = await tx
        .insert(announcements)
        .values({
          id: ctx.newId('ann'),
          eventId: event.id,
          organizationId: event.organizationId,
          createdById: viewer.userId,
          audience,
          subject: input.subject.trim(),
          body: input.body.trim(),
          recipientCount: userIds.length,
          createdAt: ctx.now(),
        })
        .returning()
      if (!announcement) throw new Error('insert returned nothing')
      await writeLedger(tx, announcement.id, userIds)
      await tx.emit(announcementQueued, progressOf(announcement))
      return done(announcement)
    },
    {},
    input,
  )
}

const ledgerPageSize = 1_000

async function writeLedger(
  tx: Transaction,
  announcementId: string,
  userIds: readonly string[],
): Promise<void> {
  for (let from = 0; from < userIds.length; from += ledgerPageSize) {
    const page = userIds.slice(from, from + ledgerPageSize)
    await tx.insert(announcementRecipients).values(page.map((userId) => ({ announcementId, userId })))
  }
}

const audienceTooLarge: Failure = {
  __typename: 'AudienceTooLargeError',
  code: 'AUDIENCE_TOO_LARGE',
  message: `An announcement reaches at most ${recipientsMax} people.`,
  path: ['input', 'segment', 'status'],
  limit: recipientsMax,
}
