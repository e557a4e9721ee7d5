import type { Idempotent, Transaction } from '@guildhall/kit/context'
import { done, type Failure, failed, type Outcome } from '@guildhall/kit/outcome'
import { and, eq, isNull } from 'drizzle-orm'
import contract from '../contract.ts'
import type { Ctx } from '../loaders.ts'
import { lockRegistration } from '../seats.ts'
import { standing } from '../standing.ts'
import { type RegistrationRow, type TicketRow, tickets } from '../tables.ts'

/** Does something with the valid ticket of a registration, or says why not. */
type Change = (
  tx: Transaction,
  ticket: TicketRow,
  registration: RegistrationRow,
) => Promise<Failure | undefined>

interface Named extends Idempotent {
  registrationId: string
}

/**
 * Changes the ticket of a registration while its event is locked: who scans it meanwhile finds it as it was or as it is.
 *
 * @param permission who may, besides the participant where `isOwnAllowed`.
 */
export async function changeTicket(
  ctx: Ctx,
  name: string,
  input: Named,
  { permission, isOwnAllowed = false }: { permission: string; isOwnAllowed?: boolean },
  change: Change,
): Promise<Outcome<RegistrationRow>> {
  const seen = await ctx.loaders.ticketHolder.load(input.registrationId)
  if (!seen) return failed(noSuchRegistration())
  const isOwn = isOwnAllowed && seen.userId === ctx.requireViewer().userId
  const { organizationId, eventId } = seen
  if (!isOwn) await standing.require(ctx, permission, { organizationId, id: eventId })
  return ctx.transaction(
    name,
    async (tx) => {
      const { registration } = await lockRegistration(tx, seen)
      const [ticket] = await tx
        .select()
        .from(tickets)
        .where(and(eq(tickets.registrationId, registration.id), isNull(tickets.revokedAt)))
      const failure = ticket ? await change(tx, ticket, registration) : noTicket()
      return failure ? failed(failure) : done(registration)
    },
    {},
    input,
  )
}

const noSuchRegistration = () =>
  contract.failure('NOT_FOUND', 'There is no such registration.', ['input', 'registrationId'])

const noTicket = () =>
  contract.failure('NO_TICKET', 'The registration has no ticket.', ['input', 'registrationId'])
