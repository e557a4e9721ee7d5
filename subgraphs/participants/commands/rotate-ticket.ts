import type { Outcome } from '@guildhall/kit/outcome'
import { eq } from 'drizzle-orm'
import { changeTicket } from '../check-in/change-ticket.ts'
import { newTicket } from '../check-in/tickets.ts'
import type { RotateTicketInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { type RegistrationRow, tickets } from '../tables.ts'

/** The old secret opens nothing from now on and is forgotten; a block stays. */
export const rotateTicket = (ctx: Ctx, input: RotateTicketInput): Promise<Outcome<RegistrationRow>> =>
  changeTicket(
    ctx,
    'rotateTicket',
    input,
    { permission: 'participants:check_in', isOwnAllowed: true },
    async (tx, { id, blockedAt, blockReason }, registration) => {
      await tx.update(tickets).set({ revokedAt: ctx.now(), sealedSecret: null }).where(eq(tickets.id, id))
      await tx.insert(tickets).values({ ...newTicket(ctx, registration), blockedAt, blockReason })
      return undefined
    },
  )
