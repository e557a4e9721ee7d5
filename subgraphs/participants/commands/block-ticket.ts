import { failed, type Outcome } from '@guildhall/kit/outcome'
import { line, problemsOf } from '@guildhall/kit/validate'
import { eq } from 'drizzle-orm'
import { z } from 'zod'
import { changeTicket } from '../check-in/change-ticket.ts'
import contract from '../contract.ts'
import type { BlockTicketInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { type RegistrationRow, tickets } from '../tables.ts'

/** Has a ticket refused at every door from now on. */
export async function blockTicket(ctx: Ctx, input: BlockTicketInput): Promise<Outcome<RegistrationRow>> {
  const problems = problemsOf(z.object({ reason: line(500) }), input)
  if (problems.length > 0) return failed(...problems)
  const organizers = { permission: 'participants:organize_check_in' }
  return changeTicket(ctx, 'blockTicket', input, organizers, async (tx, { id, blockedAt }) => {
    if (blockedAt)
      return contract.failure('TICKET_BLOCKED', 'The ticket is blocked.', ['input', 'registrationId'])
    await tx
      .update(tickets)
      .set({ blockedAt: ctx.now(), blockReason: input.reason.trim() })
      .where(eq(tickets.id, id))
    return undefined
  })
}
