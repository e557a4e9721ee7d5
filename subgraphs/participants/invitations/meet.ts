import { done, type Failure, failed, type Outcome } from '@guildhall/kit/outcome'
import contract from '../contract.ts'
import { normalizeEmail } from '../domain/invitation.ts'
import { type MetForm, meetForm } from '../forms/enter.ts'
import type { RegisterForEventInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import type { EventInvitationRow, EventSeatsRow } from '../tables.ts'
import { invitationByToken } from './loaders.ts'

/** What somebody comes with: the form, and perhaps an invitation that opens it. */
export interface WayIn {
  met: MetForm
  invitation: EventInvitationRow | null
}

/** The form that somebody registers with, by an invitation or without. */
export async function wayIn(
  ctx: Ctx,
  event: EventSeatsRow,
  input: RegisterForEventInput,
): Promise<Outcome<WayIn>> {
  if (input.invitationToken != null) return meetInvitation(ctx, event, input.invitationToken, input)
  const met = await meetForm(ctx, event, input)
  return met
    ? done({ met, invitation: null })
    : failed(contract.failure('NOT_FOUND', 'There is no such form.', ['input', 'formId']))
}

/** The caller's invitation, if it is to this event and form. Whether it is still open is asked when it is accepted. */
async function meetInvitation(
  ctx: Ctx,
  event: EventSeatsRow,
  token: string,
  { formId }: Pick<RegisterForEventInput, 'formId'>,
): Promise<Outcome<WayIn>> {
  const invitation = await invitationByToken(ctx, token)
  if (invitation?.eventId !== event.id || (formId != null && formId !== invitation.formId))
    return failed(invalidInvitation())
  if (invitation.isEmailLocked && (await verifiedAddress(ctx)) !== invitation.email) {
    const message = 'The invitation is for an address that you have not verified.'
    return failed(contract.failure('INVITATION_EMAIL_MISMATCH', message, path))
  }
  const form = await ctx.loaders.anyRegistrationForm.load(invitation.formId)
  if (!form) throw new Error(`invitation ${invitation.id} has lost its form`)
  return done({ invitation, met: { form, fields: await ctx.loaders.fieldsOfForm.load(form.id) } })
}

const path = ['input', 'invitationToken']

export const invalidInvitation = (where = path): Failure =>
  contract.failure('INVITATION_INVALID', 'There is no open invitation with this token.', where)

/** The address that the caller has shown to read, or null. Asks identity in the caller's name, who alone may read it. */
async function verifiedAddress(ctx: Ctx): Promise<string | null> {
  const { userId } = ctx.requireViewer()
  const user = await ctx.peers.entity<{ email: string | null; isEmailVerified: boolean | null }>(
    'identity',
    'User',
    userId,
    'email isEmailVerified',
    ctx.token,
  )
  return user?.email && user.isEmailVerified === true ? normalizeEmail(user.email) : null
}
