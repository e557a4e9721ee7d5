import type { Context, Transaction } from '@guildhall/kit/context'
import { queueMail } from '@guildhall/kit/mail/queue'
import { invitationText } from './domain/invitation.ts'
import { settings } from './settings.ts'
import { mails, type OrganizationInvitationRow, type OrganizationRow } from './tables.ts'

/** Sends the invited person the link, whoever has the address. */
export async function sendInvitation(
  ctx: Context,
  tx: Transaction,
  { name }: Pick<OrganizationRow, 'name'>,
  { email, role, expiresAt }: OrganizationInvitationRow,
  token: string,
): Promise<void> {
  const { APP_URL, PUBLIC_URL } = settings()
  const base = (APP_URL ?? PUBLIC_URL).replace(/\/+$/, '')
  await queueMail(ctx, tx, mails, {
    to: email,
    subject: `${name} invites you`,
    text: invitationText({ name, role, expiresAt, link: `${base}/invitations/${token}` }),
    kind: 'organizations.invitation',
  })
}
