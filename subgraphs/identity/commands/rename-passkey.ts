import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { line, problemsOf } from '@guildhall/kit/validate'
import { and, eq } from 'drizzle-orm'
import { z } from 'zod'
import contract from '../contract.ts'
import type { RenamePasskeyInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { requireOwnSession } from '../sessions/own-session.ts'
import { type PasskeyRow, passkeys } from '../tables.ts'

const label = z.object({ label: line(60) })

/** Changes what a person calls one of their passkeys. */
export async function renamePasskey(ctx: Ctx, input: RenamePasskeyInput): Promise<Outcome<PasskeyRow>> {
  const { userId } = requireOwnSession(ctx)
  const problems = problemsOf(label, input)
  if (problems.length > 0) return failed(...problems)
  return ctx.transaction(
    'renamePasskey',
    async (tx) => {
      const [renamed] = await tx
        .update(passkeys)
        .set({ label: input.label.trim() })
        .where(and(eq(passkeys.id, input.id), eq(passkeys.userId, userId)))
        .returning()
      return renamed
        ? done(renamed)
        : failed(contract.failure('NOT_FOUND', 'You have no such passkey.', ['input', 'id']))
    },
    {},
    input,
  )
}
