import { anyOf } from '@guildhall/kit/any-of'
import type { Context, Transaction } from '@guildhall/kit/context'
import { and, asc, eq } from 'drizzle-orm'
import { formFieldVersions, registrationAnswers, registrations } from '../tables.ts'

/** What somebody answered, with the questions as they were. */
export async function collectAnswers(ctx: Context, userId: string) {
  const rows = await ctx.db
    .select({
      registrationId: registrationAnswers.registrationId,
      value: registrationAnswers.value,
      definition: formFieldVersions.definition,
    })
    .from(registrationAnswers)
    .innerJoin(registrations, eq(registrations.id, registrationAnswers.registrationId))
    .innerJoin(
      formFieldVersions,
      and(
        eq(formFieldVersions.fieldId, registrationAnswers.fieldId),
        eq(formFieldVersions.version, registrationAnswers.fieldVersion),
      ),
    )
    .where(eq(registrations.userId, userId))
    .orderBy(asc(registrationAnswers.registrationId), asc(registrationAnswers.fieldId))
  return {
    answers: rows.map(({ registrationId, value, definition }) => ({
      registration: registrationId,
      question: definition.label,
      answer: value,
    })),
  }
}

/** The places of choices have gone back before, with the registrations. */
export async function eraseAnswers(tx: Transaction, registrationIds: readonly string[]): Promise<void> {
  await tx.delete(registrationAnswers).where(anyOf(registrationAnswers.registrationId, registrationIds))
}
