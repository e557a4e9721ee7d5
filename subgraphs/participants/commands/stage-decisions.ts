import { anyOf } from '@guildhall/kit/any-of'
import type { Transaction } from '@guildhall/kit/context'
import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { line, problemsOf, tidy } from '@guildhall/kit/validate'
import { inArray, sql } from 'drizzle-orm'
import { z } from 'zod'
import { whyNotStaged } from '../decisions/not-staged.ts'
import { decidableFrom } from '../domain/staged-decision.ts'
import type { StageDecisionsInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { type Reviewed, reviewable } from '../review.ts'
import { lockSeats } from '../seats.ts'
import { type RegistrationRow, registrations, stagedDecisions } from '../tables.ts'

const rules = z.object({ reason: line(1_000).nullable() })
const rejectionRules = z.object({ reason: line(1_000) })

/** Reviewers note what they have decided. Nothing is published, and nothing changes for the participants. */
export async function stageDecisions(ctx: Ctx, input: StageDecisionsInput): Promise<Outcome<Reviewed>> {
  const viewer = ctx.requireViewer()
  const reason = tidy(input.reason)
  const problems = problemsOf(input.decision === 'REJECT' ? rejectionRules : rules, {
    reason: input.decision === 'REJECT' ? (reason ?? '') : reason,
  })
  if (problems.length > 0) return failed(...problems)
  const asked = await reviewable(ctx, input)
  if (!asked.ok) return asked
  const { seen, missing } = asked.value
  return ctx.transaction(
    'stageDecisions',
    async (tx) => {
      await lockSeats(tx, [...new Set(seen.map(({ eventId }) => eventId))])
      const staged = await stage(tx, seen, {
        decision: input.decision,
        reason,
        stagedById: viewer.userId,
        stagedAt: ctx.now(),
      })
      const refused = await whyNotStaged(
        tx,
        seen.filter(({ id }) => !staged.has(id)),
        input.decision,
      )
      return done({ succeeded: seen.filter(({ id }) => staged.has(id)), failed: [...missing, ...refused] })
    },
    {},
    input,
  )
}

/** @returns the registrations that have the decision now. */
async function stage(
  tx: Transaction,
  rows: readonly RegistrationRow[],
  values: Pick<typeof stagedDecisions.$inferInsert, 'decision' | 'reason' | 'stagedById' | 'stagedAt'>,
): Promise<Set<string>> {
  const ids = rows.map(({ id }) => id)
  const value = (name: keyof typeof values) => sql`${sql.param(values[name], stagedDecisions[name])}`
  const decidable = tx
    .select({
      registrationId: registrations.id,
      eventId: registrations.eventId,
      organizationId: registrations.organizationId,
      decision: sql`${value('decision')}::text`.as('decision'),
      reason: sql`${value('reason')}::text`.as('reason'),
      stagedById: sql`${value('stagedById')}::uuid`.as('staged_by_id'),
      stagedAt: sql`${value('stagedAt')}::timestamptz`.as('staged_at'),
      releaseId: sql`null::uuid`.as('release_id'),
    })
    .from(registrations)
    .where(
      sql`${anyOf(registrations.id, ids)} and ${inArray(registrations.status, decidableFrom(values.decision))}`,
    )
  const staged = await tx
    .insert(stagedDecisions)
    .select(decidable)
    .onConflictDoUpdate({
      target: stagedDecisions.registrationId,
      set: values,
      setWhere: sql`${stagedDecisions.releaseId} is null`,
    })
    .returning({ id: stagedDecisions.registrationId })
  return new Set(staged.map(({ id }) => id))
}
