import type { Context } from '@guildhall/kit/context'
import { byId, byParent } from '@guildhall/kit/loaders'
import { and, asc, desc, eq, inArray, sql } from 'drizzle-orm'
import {
  type DataExportRow,
  dataExports,
  type ErasureRow,
  type ErasureStepRow,
  erasureSteps,
  erasures,
} from '../tables.ts'

const exportsShown = 10

/** Exports are seen by the person alone, erasures also by those who see all accounts. */
export const privacyLoaders = (ctx: Context) => {
  const ownExports = ctx.viewer ? eq(dataExports.userId, ctx.viewer.userId) : sql`false`
  const ownErasures = ctx.viewer ? eq(erasures.userId, ctx.viewer.userId) : sql`false`
  const seesAll = ctx.can('users:read', { organizationId: null })
  return {
    dataExport: byId<DataExportRow>(ctx, 'dex', dataExports, ownExports),
    erasure: byId<ErasureRow>(ctx, 'ers', erasures, seesAll ? undefined : ownErasures),
    /** For the person calling; nobody else is shown any. */
    exportsOfUser: byParent<DataExportRow>(
      (userIds) =>
        ctx.db
          .select()
          .from(dataExports)
          .where(and(inArray(dataExports.userId, [...userIds]), ownExports))
          .orderBy(desc(dataExports.createdAt), desc(dataExports.id))
          .limit(exportsShown),
      (row) => row.userId,
    ),
    openErasureOfUser: byParent<ErasureRow>(
      (userIds) =>
        ctx.db
          .select()
          .from(erasures)
          .where(
            and(
              inArray(erasures.userId, [...userIds]),
              inArray(erasures.status, ['GRACE', 'RUNNING', 'FAILED']),
              ownErasures,
            ),
          ),
      (row) => row.userId,
    ),
    stepsOfErasure: byParent<ErasureStepRow>(
      (erasureIds) =>
        ctx.db
          .select()
          .from(erasureSteps)
          .where(inArray(erasureSteps.erasureId, [...erasureIds]))
          .orderBy(asc(erasureSteps.domain)),
      (row) => row.erasureId,
    ),
  }
}
