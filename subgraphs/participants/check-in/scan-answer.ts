import type { Failure } from '@guildhall/kit/outcome'
import type { ScanRefusal } from '../domain/scan-refusal.ts'
import type { Ctx } from '../loaders.ts'
import type { CheckInRow } from '../tables.ts'

/** What the device is told: the check-in, or why the ticket was refused. */
export interface ScanAnswer {
  checkIn: CheckInRow | null
  userErrors: Failure[]
}

/** The answer to one scan; what was taken back has been let pass. */
export async function answerOf(ctx: Ctx, row: CheckInRow): Promise<ScanAnswer> {
  if (row.refusal === null) return { checkIn: row, userErrors: [] }
  return { checkIn: null, userErrors: [await failureOf(ctx, row, row.refusal)] }
}

async function failureOf(ctx: Ctx, row: CheckInRow, code: ScanRefusal): Promise<Failure> {
  const holder = row.registrationId === null ? null : await ctx.loaders.ticketHolder.load(row.registrationId)
  const failure = {
    code,
    message: messages[code],
    path: ['input', code === 'INVALID_TIME' ? 'listId' : 'secret'],
    holder,
  }
  if (code !== 'ALREADY_REDEEMED') return { __typename: 'TicketRefusedError', ...failure }
  const first = row.outdoneById === null ? null : await ctx.loaders.checkIn.load(row.outdoneById)
  return {
    __typename: 'AlreadyRedeemedError',
    ...failure,
    redeemedAt: first?.at ?? null,
    device: first?.deviceId ?? null,
  }
}

const messages: Record<ScanRefusal, string> = {
  INVALID: 'This is not a ticket of this event.',
  CANCELED: 'The registration is over.',
  UNAPPROVED: 'The registration has no seat yet.',
  ALREADY_REDEEMED: 'The ticket was used before.',
  INVALID_TIME: 'The list lets nobody in at this time.',
  BLOCKED: 'The ticket is blocked; send its holder to the organizers.',
  REVOKED: 'The ticket was replaced by another.',
  WRONG_CATEGORY: 'The list is for others.',
  INCOMPLETE: 'Questions that are asked at the door are open.',
  NOT_ADMITTED: 'Nobody with this ticket is inside.',
  EXIT_NOT_RECORDED: 'The list does not record who goes out.',
}
