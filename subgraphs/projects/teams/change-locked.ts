import type { Context, Transaction } from '@guildhall/kit/context'
import { eq, sql } from 'drizzle-orm'
import { projectUpdated } from '../contract.ts'
import { factsFor } from '../facts.ts'
import { type ProjectRow, projects } from '../tables.ts'

/** Changes a project, which the statement locks, and says so. */
export async function changeLocked(
  ctx: Context,
  tx: Transaction,
  id: string,
  changes: Partial<ProjectRow>,
): Promise<ProjectRow> {
  const [changed] = await tx
    .update(projects)
    .set({ ...changes, version: sql`${projects.version} + 1`, updatedAt: ctx.now() })
    .where(eq(projects.id, id))
    .returning()
  if (!changed) throw new Error(`project ${id} is gone`)
  await tx.emit(projectUpdated, await factsFor(tx, changed, ctx.viewer?.userId ?? null))
  return changed
}
