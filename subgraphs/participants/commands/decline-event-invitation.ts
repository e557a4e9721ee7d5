import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import type { DeclineEventInvitationInput } from '../generated/graphql.ts'
import { decideInvitation } from '../invitations/decide.ts'
import { invitationByToken } from '../invitations/loaders.ts'
import { invalidInvitation } from '../invitations/meet.ts'
import type { Ctx } from '../loaders.ts'
import type { EventInvitationRow } from '../tables.ts'

const path = ['input', 'token']

/** Says no for whoever has the token. */
export async function declineEventInvitation(
  ctx: Ctx,
  { token, idempotencyKey }: DeclineEventInvitationInput,
): Promise<Outcome<EventInvitationRow>> {
  const invitation = await invitationByToken(ctx, token)
  if (!invitation) return failed(invalidInvitation(path))
  return ctx.transaction(
    'declineEventInvitation',
    async (tx) => {
      const declined = await decideInvitation(ctx, tx, invitation, { state: 'DECLINED' })
      return declined ? done(declined) : failed(invalidInvitation(path))
    },
    {},
    // Strangers share the actor "anonymous", hence the invitation in the key; and the token is not kept.
    { idempotencyKey: idempotencyKey ? `${invitation.id} ${idempotencyKey}` : null },
  )
}
