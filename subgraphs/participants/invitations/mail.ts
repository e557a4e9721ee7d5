import type { Context, Transaction } from '@guildhall/kit/context'
import { queueMails } from '@guildhall/kit/mail/queue'
import { invitationText } from '../domain/invitation.ts'
import { settings } from '../settings.ts'
import { type EventSeatsRow, mails } from '../tables.ts'

/** One letter. */
interface Letter {
  email: string
  token: string
  expiresAt: Date
}

/** Sends the invited people their links, all with one statement. */
export async function sendInvitations(
  ctx: Context,
  tx: Transaction,
  { title }: Pick<EventSeatsRow, 'title'>,
  letters: readonly Letter[],
): Promise<void> {
  const { APP_URL, PUBLIC_URL } = settings()
  const base = (APP_URL ?? PUBLIC_URL).replace(/\/+$/, '')
  const messages = letters.map(({ email, token, expiresAt }) => ({
    to: email,
    subject: `You are invited to ${title}`,
    text: invitationText({ title, expiresAt, link: `${base}/event-invitations/${token}` }),
    kind: 'participants.invitation',
  }))
  await queueMails(ctx, tx, mails, messages)
}
