import { anyOf } from '@guildhall/kit/any-of'
import type { Context } from '@guildhall/kit/context'
import { done } from '@guildhall/kit/outcome'
import { and, eq, inArray, isNull, lte, sql } from 'drizzle-orm'
import { eventSeats, registrationAnswers, registrationForms, registrations } from '../tables.ts'

const batchSize = 500

/**
 * Deletes what was answered and written once an event is over for as long as the form says; the registration stays and
 * says so. Replicas that do it at once take different registrations.
 */
export async function forgetAnswers(ctx: Context): Promise<void> {
  let found: number
  do found = await forgetBatch(ctx)
  while (found === batchSize)
}

async function forgetBatch(ctx: Context): Promise<number> {
  const outcome = await ctx.transaction('forgetAnswers', async (tx) => {
    const forms = tx
      .select({ id: registrationForms.id })
      .from(registrationForms)
      .innerJoin(eventSeats, eq(eventSeats.id, registrationForms.eventId))
      .where(
        lte(
          sql`${eventSeats.endsAt} + ${registrationForms.retentionDays} * interval '1 day'`,
          ctx.now().toISOString(),
        ),
      )
    const due = await tx
      .select({ id: registrations.id })
      .from(registrations)
      .where(and(inArray(registrations.formId, forms), isNull(registrations.answersDeletedAt)))
      .limit(batchSize)
      .for('update', { skipLocked: true })
    const ids = due.map(({ id }) => id)
    if (ids.length === 0) return done(0)
    await tx.delete(registrationAnswers).where(anyOf(registrationAnswers.registrationId, ids))
    await tx
      .update(registrations)
      .set({ answersDeletedAt: ctx.now(), message: null, searchText: null })
      .where(anyOf(registrations.id, ids))
    return done(ids.length)
  })
  return outcome.ok ? outcome.value : 0
}
