import { anyOf } from '@guildhall/kit/any-of'
import type { ConstraintFailures, Idempotent, Transaction } from '@guildhall/kit/context'
import { Conflict, ServiceUnavailable } from '@guildhall/kit/errors'
import { done, type Failure, failed, type Outcome } from '@guildhall/kit/outcome'
import { problemsOf } from '@guildhall/kit/validate'
import { asc } from 'drizzle-orm'
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

/** Ids of one bulk mutation at most. */
export const idsMax = 2_000
/** Registrations that one transaction decides on: others wait for it no longer than that. */
const idsPerTransaction = 200

interface ReviewOptions {
  /** What the caller must be allowed to do with registrations of the event. */
  permission?: string
  constraints?: ConstraintFailures
}

/** Decides on one registration. */
export async function reviewOne(
  ctx: Ctx,
  name: string,
  input: Idempotent & { id: string },
  decide: Decision,
  { permission = 'participants:review', constraints = {} }: ReviewOptions = {},
): Promise<Outcome<RegistrationRow>> {
  const seen = await ctx.loaders.registration.load(input.id)
  if (!seen) {
    return failed(contract.failure('NOT_FOUND', 'There is no such registration.', ['input', 'id']))
  }
  await standing.require(ctx, permission, { organizationId: seen.organizationId, id: seen.eventId })
  return ctx.transaction(
    name,
    async (tx) => {
      const { seats, registration } = await lockRegistration(tx, seen)
      const { moved, refused } = await decide(ctx, tx, seats, [registration])
      return moved[0] ? done(moved[0]) : failed(...refused.map(({ failure }) => failure))
    },
    constraints,
    input,
  )
}

/**
 * Decides on many, those who registered first first, in transactions of some hundreds each. Those that come after one
 * that cannot be made now are left as they are and say so.
 */
export async function reviewMany(
  ctx: Ctx,
  name: string,
  input: Idempotent & { ids: string[] },
  decide: Decision,
): Promise<Outcome<Reviewed>> {
  const asked = await reviewable(ctx, input)
  if (!asked.ok) return asked
  const { seen, missing } = asked.value
  const reviewed: Reviewed = { succeeded: [], failed: missing }
  for (const [index, rows] of portionsOf(seen).entries()) {
    try {
      // Each has a record of its own for the caller's key: sent again, what was done is not done twice.
      const operation = index === 0 ? name : `${name} ${index}`
      const outcome = await ctx.transaction(operation, (tx) => decideOn(ctx, tx, rows, decide), {}, input)
      if (!outcome.ok) return outcome
      reviewed.succeeded.push(...outcome.value.succeeded)
      reviewed.failed.push(...outcome.value.failed)
    } catch (error) {
      if (index === 0 || !(error instanceof Conflict || error instanceof ServiceUnavailable)) throw error
      const code = String(error.extensions.code)
      const { message } = error
      reviewed.failed.push(
        ...portionsOf(seen)
          .slice(index)
          .flat()
          .map(({ id }) => ({ id, code, message })),
      )
      break
    }
  }
  return done(reviewed)
}

/**
 * The registrations of a bulk mutation that the caller sees, each once, and an answer for those that they do not.
 *
 * @throws Forbidden when one of them is seen but not to be decided on.
 */
export async function reviewable(
  ctx: Ctx,
  input: { ids: string[] },
): Promise<Outcome<{ seen: RegistrationRow[]; missing: Reviewed['failed'] }>> {
  const problems = problemsOf(z.object({ ids: z.array(z.string()).min(1).max(idsMax) }), input)
  if (problems.length > 0) return failed(...problems)
  const ids = [...new Set(input.ids)]
  const found = await Promise.all(ids.map((id) => ctx.loaders.registration.load(id)))
  const seen = found.filter((row) => row !== null)
  const organizations = new Map(seen.map(({ eventId, organizationId }) => [eventId, organizationId]))
  for (const [id, organizationId] of organizations) {
    await standing.require(ctx, 'participants:review', { organizationId, id })
  }
  const missing = ids
    .filter((_, index) => !found[index])
    .map((id) => ({ id, code: 'NOT_FOUND', message: 'There is no such registration.' }))
  return done({ seen, missing })
}

/** In the order of registration, event by event, none larger than a transaction may be. */
function portionsOf(rows: readonly RegistrationRow[]): RegistrationRow[][] {
  return [...Map.groupBy(rows, (row) => row.eventId).values()].flatMap((own) => {
    const ordered = own.toSorted((a, b) => a.number - b.number)
    const count = Math.ceil(ordered.length / idsPerTransaction)
    return Array.from({ length: count }, (_, n) =>
      ordered.slice(n * idsPerTransaction, (n + 1) * idsPerTransaction),
    )
  })
}

async function decideOn(
  ctx: Ctx,
  tx: Transaction,
  rows: readonly RegistrationRow[],
  decide: Decision,
): Promise<Outcome<Reviewed>> {
  const [seats] = await lockSeats(tx, [...new Set(rows.map((row) => row.eventId))])
  if (!seats) throw new Error('registrations have lost their event')
  const { moved, refused } = await decide(ctx, tx, seats, await lockRows(tx, rows))
  return done({ succeeded: moved, failed: refused.map(withoutPath) })
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
      anyOf(
        registrations.id,
        rows.map((row) => row.id),
      ),
    )
    .orderBy(asc(registrations.number))
    .for('update')
