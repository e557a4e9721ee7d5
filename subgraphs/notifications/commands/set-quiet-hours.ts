import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { eq } from 'drizzle-orm'
import contract from '../contract.ts'
import { quietHoursProblems } from '../domain/quiet-hours.ts'
import type { SetQuietHoursInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { type QuietHoursRow, quietHours } from '../tables.ts'

/** Keeps when the caller is not to be disturbed; without windows, never again. What waits is looked at when its time has come. */
export async function setQuietHours(ctx: Ctx, input: SetQuietHoursInput): Promise<Outcome<QuietHoursRow>> {
  const { userId } = ctx.requireViewer()
  const problems = quietHoursProblems(input).map(({ code, message, path }) =>
    contract.failure(code, message, ['input', ...path]),
  )
  if (problems.length > 0) return failed(...problems)
  const { timezone, isCriticalAllowed } = input
  const hours = { timezone, windows: input.windows, isCriticalAllowed, updatedAt: ctx.now() }
  return ctx.transaction(
    'setQuietHours',
    async (tx) => {
      if (hours.windows.length === 0) await tx.delete(quietHours).where(eq(quietHours.id, userId))
      else {
        await tx
          .insert(quietHours)
          .values({ id: userId, ...hours })
          .onConflictDoUpdate({ target: quietHours.id, set: hours })
      }
      return done({ id: userId, ...hours })
    },
    {},
    input,
  )
}
