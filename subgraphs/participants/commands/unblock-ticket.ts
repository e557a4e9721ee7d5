import type { Outcome } from '@guildhall/kit/outcome'
import { eq } from 'drizzle-orm'
import { changeTicket } from '../check-in/change-ticket.ts'
import contract from '../contract.ts'
import type { UnblockTicketInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { type RegistrationRow, tickets } from '../tables.ts'

/** Has a blocked ticket let in again. */
export const unblockTicket = (ctx: Ctx, input: UnblockTicketInput): Promise<Outcome<RegistrationRow>> =>
  changeTicket(
    ctx,
    'unblockTicket',
    input,
    { permission: 'participants:organize_check_in' },
    async (tx, { id, blockedAt }) => {
      if (!blockedAt)
        return contract.failure('TICKET_NOT_BLOCKED', 'The ticket is not blocked.', [
          'input',
          'registrationId',
        ])
      await tx.update(tickets).set({ blockedAt: null, blockReason: null }).where(eq(tickets.id, id))
      return undefined
    },
  )
