import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { problemsOf } from '@guildhall/kit/validate'
import { z } from 'zod'
import contract from '../contract.ts'
import { isEmail, normalizeEmail } from '../domain/invitation.ts'
import { windowState } from '../domain/registration-window.ts'
import { requireManager } from '../forms/rights.ts'
import type { InviteToEventInput } from '../generated/graphql.ts'
import { writeInvitations } from '../invitations/write.ts'
import type { Ctx } from '../loaders.ts'
import { seatsFor } from '../projection.ts'
import type { EventInvitationRow } from '../tables.ts'

/** What became of each address. */
export interface InvitedToEvent {
  invited: EventInvitationRow[]
  failed: { email: string; code: string; message: string }[]
}

const emailsMax = 500
const rules = z.object({
  emails: z.array(z.string()).min(1).max(emailsMax, `At most ${emailsMax} addresses.`),
})

/** Invites addresses to an event. Of rivals that invite the same address, the index lets one through. */
export async function inviteToEvent(ctx: Ctx, input: InviteToEventInput): Promise<Outcome<InvitedToEvent>> {
  const event = await seatsFor(ctx, input.eventId)
  if (!event) return failed(contract.failure('NOT_FOUND', 'There is no such event.', ['input', 'eventId']))
  await requireManager(ctx, { organizationId: event.organizationId, eventId: event.id })
  const problems = problemsOf(rules, input)
  if (problems.length > 0) return failed(...problems)
  const form = await ctx.loaders.registrationForm.load(input.formId)
  if (form?.eventId !== event.id)
    return failed(contract.failure('NOT_FOUND', 'There is no such form.', ['input', 'formId']))
  if (form.archivedAt)
    return failed(contract.failure('FORM_ARCHIVED', 'The form is out of use.', ['input', 'formId']))
  if (windowState(event, ctx.now()) === 'CLOSED')
    return failed(contract.failure('REGISTRATION_CLOSED', 'Registration is over.', ['input', 'eventId']))

  const given = new Map(input.emails.toReversed().map((email) => [normalizeEmail(email), email]))
  const addresses = [...given.keys()].filter(isEmail)
  const outcome = await ctx.transaction(
    'inviteToEvent',
    async (tx) => done(await writeInvitations(ctx, tx, event, input, addresses)),
    {},
    input,
  )
  if (!outcome.ok) return outcome
  const rows = await Promise.all(outcome.value.map((id) => ctx.loaders.eventInvitation.load(id)))
  const invited = rows.filter((row) => row !== null)
  const known = new Set(invited.map(({ email }) => email))
  const others = [...given].toReversed().filter(([address]) => !known.has(address))
  return done({ invited, failed: others.map(([address, email]) => ({ email, ...reason(address) })) })
}

const reason = (address: string) => {
  const failure = isEmail(address)
    ? contract.failure('ALREADY_INVITED', 'This address has an open invitation.')
    : contract.failure('INVALID_EMAIL', 'Must be an e-mail address.')
  return { code: failure.code, message: failure.message }
}
