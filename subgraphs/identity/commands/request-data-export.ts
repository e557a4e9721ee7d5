import { done, type Outcome } from '@guildhall/kit/outcome'
import { and, eq } from 'drizzle-orm'
import { noAccount } from '../accounts/no-account.ts'
import type { RequestDataExportInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { recordSecurity } from '../security/security-log.ts'
import { type DataExportRow, dataExports } from '../tables.ts'

/** Asks for an export. One is gathered at a time: of rivals the index lets one in, the others are given the same. */
export async function requestDataExport(
  ctx: Ctx,
  input: RequestDataExportInput,
): Promise<Outcome<DataExportRow>> {
  const { userId } = ctx.requireViewer()
  ctx.requireStepUp()
  return ctx.transaction(
    'requestDataExport',
    async (tx) => {
      const now = ctx.now()
      const [requested] = await tx
        .insert(dataExports)
        .values({ id: ctx.newId('dex'), userId, availableAt: now, createdAt: now })
        .onConflictDoNothing()
        .returning()
      if (requested) {
        await recordSecurity(ctx, tx, { userId, kind: 'DATA_EXPORT_REQUESTED' })
        return done(requested)
      }
      const open = and(eq(dataExports.userId, userId), eq(dataExports.status, 'REQUESTED'))
      const [current] = await tx.select().from(dataExports).where(open)
      if (!current) throw new Error('the export that stood in the way is gone')
      return done(current)
    },
    { data_export_user_id_user_id_fk: noAccount },
    input,
  )
}
