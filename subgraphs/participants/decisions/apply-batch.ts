import { anyOf } from '@guildhall/kit/any-of'
import type { Context, Transaction } from '@guildhall/kit/context'
import { insertRows } from '@guildhall/kit/insert-rows'
import { and, asc, eq, sql } from 'drizzle-orm'
import { lockSeats } from '../seats.ts'
import {
  type DecisionReleaseRow,
  decisionReleaseFailures,
  decisionReleases,
  type RegistrationRow,
  registrations,
  type StagedDecisionRow,
  stagedDecisions,
} from '../tables.ts'
import { type Applied, applyDecisions, mayBeReleasedAgain } from './apply-decisions.ts'

/** Others who change registrations of the event wait for no more than so many. */
const batchSize = 200

/** A decision with what it is about. */
export interface Released {
  staged: StagedDecisionRow
  registration: RegistrationRow
}

/** Applies the next decisions of a release that is locked, and notes what became of them. */
export async function applyBatch(ctx: Context, tx: Transaction, release: DecisionReleaseRow): Promise<void> {
  const [seats] = await lockSeats(tx, [release.eventId])
  if (!seats) throw new Error(`event ${release.eventId} has lost its seats`)
  const batch = await nextDecisions(tx, release)
  const applied = await applyDecisions(ctx, tx, seats, batch, release.startedById)
  await settleStaged(tx, batch, applied)
  await noteFailures(tx, release, applied)
  const isLast = batch.length < batchSize
  await tx
    .update(decisionReleases)
    .set({
      appliedCount: release.appliedCount + applied.moved,
      failedCount: release.failedCount + applied.refused.length,
      attempts: 0,
      ...(isLast ? { status: 'COMPLETED', completedAt: ctx.now(), nextStepAt: null } : {}),
    })
    .where(eq(decisionReleases.id, release.id))
}

/** Who is turned down leaves the queue first, and who is to have a seat has it before others queue for one. */
const nextDecisions = (tx: Transaction, { id }: DecisionReleaseRow): Promise<Released[]> =>
  tx
    .select({ staged: stagedDecisions, registration: registrations })
    .from(stagedDecisions)
    .innerJoin(registrations, eq(registrations.id, stagedDecisions.registrationId))
    .where(eq(stagedDecisions.releaseId, id))
    .orderBy(
      sql`array_position(array['REJECT', 'CONFIRM', 'WAITLIST'], ${stagedDecisions.decision})`,
      asc(registrations.number),
    )
    .limit(batchSize)
    .for('update')

/** What may yet be applied is staged again; the rest is done with. */
async function settleStaged(
  tx: Transaction,
  batch: readonly Released[],
  { refused }: Applied,
): Promise<void> {
  const kept = refused.filter(({ failure }) => mayBeReleasedAgain(failure.code)).map(({ staged }) => staged)
  const keptIds = new Set(kept.map(({ registrationId }) => registrationId))
  const over = batch.map(({ registration }) => registration.id).filter((id) => !keptIds.has(id))
  if (over.length > 0) await tx.delete(stagedDecisions).where(anyOf(stagedDecisions.registrationId, over))
  if (keptIds.size > 0) {
    await tx
      .update(stagedDecisions)
      .set({ releaseId: null })
      .where(and(anyOf(stagedDecisions.registrationId, [...keptIds])))
  }
}

async function noteFailures(
  tx: Transaction,
  release: DecisionReleaseRow,
  { refused }: Applied,
): Promise<void> {
  if (refused.length === 0) return
  const rows = refused.map(({ staged, failure }) => ({
    releaseId: release.id,
    registrationId: staged.registrationId,
    decision: staged.decision,
    code: failure.code,
    message: failure.message,
  }))
  await tx.execute(insertRows(decisionReleaseFailures, rows))
}
