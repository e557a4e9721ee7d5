import { done, type Outcome } from '@guildhall/kit/outcome'
import { and, eq } from 'drizzle-orm'
import type { UnwatchSubjectInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { watches } from '../tables.ts'

/** Forgets what the caller wanted to hear of a thing; also of one that they may not see any more. */
export async function unwatchSubject(ctx: Ctx, input: UnwatchSubjectInput): Promise<Outcome<string>> {
  const { userId } = ctx.requireViewer()
  return ctx.transaction(
    'unwatchSubject',
    async (tx) => {
      await tx.delete(watches).where(and(eq(watches.userId, userId), eq(watches.subjectId, input.subjectId)))
      return done(input.subjectId)
    },
    {},
    input,
  )
}
