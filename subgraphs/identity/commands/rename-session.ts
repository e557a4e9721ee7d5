import { isId } from '@guildhall/kit/ids'
import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { line, problemsOf } from '@guildhall/kit/validate'
import { and, eq } from 'drizzle-orm'
import { z } from 'zod'
import contract from '../contract.ts'
import type { RenameSessionInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { isLive } from '../sessions/revoke-sessions.ts'
import { type SessionRow, sessions } from '../tables.ts'

const naming = z.object({ label: line(80) })

/** Gives one of the caller's own live sessions another name. */
export async function renameSession(ctx: Ctx, input: RenameSessionInput): Promise<Outcome<SessionRow>> {
  const { userId } = ctx.requireViewer()
  const problems = problemsOf(naming, input)
  if (problems.length > 0) return failed(...problems)
  if (!isId('ses', input.id)) return failed(missing)

  return ctx.transaction(
    'renameSession',
    async (tx) => {
      const [renamed] = await tx
        .update(sessions)
        .set({ label: input.label.trim() })
        .where(and(eq(sessions.id, input.id), eq(sessions.userId, userId), isLive(ctx.now())))
        .returning()
      return renamed ? done(renamed) : failed(missing)
    },
    {},
    input,
  )
}

const missing = contract.failure('NOT_FOUND', 'You have no such session.', ['input', 'id'])
