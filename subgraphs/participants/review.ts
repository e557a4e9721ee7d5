import type { Idempotent, Transaction } from '@guildhall/kit/context'
import { done, type Failure, failed, type Outcome } from '@guildhall/kit/outcome'
import { problemsOf } from '@guildhall/kit/validate'
import { asc, inArray } from 'drizzle-orm'
import { z } from 'zod'
import contract from './contract.ts'
import type { Ctx } from './loaders.ts'
import { lockRegistration, lockSeats } from './seats.ts'
import { standing } from './standing.ts'
import { type EventSeatsRow, type RegistrationRow, registrations } from './tables.ts'

/**
 * What a reviewer decides of registrations of one event, those who registered first first. Seats and registrations are
 * locked.
 */
export type Decision = (
  ctx: Ctx,
  tx: Transaction,
  seats: EventSeatsRow,
  rows: readonly RegistrationRow[],
) => Promise<Decided>

/** What was moved, and why the others were not. */
export interface Decided {
  moved: RegistrationRow[]
  refused: { id: string; failure: Failure }[]
}

/** What became of each of many registrations: some may fail while others succeed. */
export interface Reviewed {
  succeeded: RegistrationRow[]
  failed: { id: string; code: string; message: string }[]
}

const idsMax = 100

/** @throws Unauthenticated or Forbidden for who does not decide on registrations of the event. */
const requireReviewer = (ctx: Ctx, { organizationId, eventId }: RegistrationRow): Promise<void> =>
  standing.require(ctx, 'participants:review', { organizationId, id: eventId })

/** Decides on one registration. */
export async function reviewOne(
  ctx: Ctx,
  name: string,
  input: Idempotent & { id: string },
  decide: Decision,
): Promise<Outcome<RegistrationRow>> {
  const seen = await ctx.loaders.registration.load(input.id)
  if (!seen) {
    return failed(contract.failure('NOT_FOUND', 'There is no such registration.', ['input', 'id']))
  }
  await requireReviewer(ctx, seen)
  return ctx.transaction(
    name,
    async (tx) => {
      const { seats, registration } = await lockRegistration(tx, seen)
      const { moved, refused } = await decide(ctx, tx, seats, [registration])
      return moved[0] ? done(moved[0]) : failed(...refused.map(({ failure }) => failure))
    },
    {},
    input,
  )
}

/** Decides on many in one transaction. */
export async function reviewMany(
  ctx: Ctx,
  name: string,
  input: Idempotent & { ids: string[] },
  decide: Decision,
): Promise<Outcome<Reviewed>> {
  const problems = problemsOf(z.object({ ids: z.array(z.string()).min(1).max(idsMax) }), input)
  if (problems.length > 0) return failed(...problems)
  const ids = [...new Set(input.ids)]
  const found = await Promise.all(ids.map((id) => ctx.loaders.registration.load(id)))
  const seen = found.filter((row) => row !== null)
  await Promise.all(seen.map((row) => requireReviewer(ctx, row)))
  const unseen = ids.filter((_, index) => !found[index])

  return ctx.transaction(
    name,
    async (tx) => {
      const events = await lockSeats(tx, [...new Set(seen.map((row) => row.eventId))])
      const rows = await lockRows(tx, seen)
      const decided: Decided[] = []
      for (const event of events) {
        const own = rows.filter((row) => row.eventId === event.id)
        decided.push(await decide(ctx, tx, event, own))
      }
      const missing = unseen.map((id) => ({
        id,
        code: 'NOT_FOUND',
        message: 'There is no such registration.',
      }))
      return done({
        succeeded: decided.flatMap(({ moved }) => moved),
        failed: [...missing, ...decided.flatMap(({ refused }) => refused.map(withoutPath))],
      })
    },
    {},
    input,
  )
}

const withoutPath = ({ id, failure: { code, message } }: Decided['refused'][number]) => ({
  id,
  code,
  message,
})

const lockRows = (tx: Transaction, rows: readonly RegistrationRow[]): Promise<RegistrationRow[]> =>
  tx
    .select()
    .from(registrations)
    .where(
      inArray(
        registrations.id,
        rows.map((row) => row.id),
      ),
    )
    .orderBy(asc(registrations.eventId), asc(registrations.number))
    .for('update')
