import type { Context, Transaction } from '@guildhall/kit/context'
import { and, inArray, type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { conflicts, teamMembers } from './tables.ts'

/** That somebody is in the team of a project. */
export const isOnTeam = (projectId: PgColumn, userId: PgColumn | string): SQL =>
  sql`exists (select 1 from ${teamMembers} where ${teamMembers.projectId} = ${projectId} and ${is(teamMembers.userId, userId)})`

/** That a conflict between a judge and a project was declared. */
export const isDeclared = (projectId: PgColumn, judgeId: PgColumn | string): SQL =>
  sql`exists (select 1 from ${conflicts} where ${conflicts.projectId} = ${projectId} and ${is(conflicts.judgeId, judgeId)})`

/** That a judge must not judge a project. */
export const isConflicted = (projectId: PgColumn, judgeId: PgColumn | string): SQL =>
  sql`(${isOnTeam(projectId, judgeId)} or ${isDeclared(projectId, judgeId)})`

const is = (column: PgColumn, other: PgColumn | string): SQL =>
  sql`${column} = ${typeof other === 'string' ? sql.param(other, column) : other}`

/** Which of these projects a judge must not judge. */
export async function conflictsOf(
  tx: Pick<Transaction | Context['db'], 'select'>,
  judgeIds: readonly string[],
  projectIds: readonly string[],
): Promise<Set<string>> {
  if (judgeIds.length === 0 || projectIds.length === 0) return new Set()
  const own = await tx
    .select({ projectId: teamMembers.projectId, judgeId: teamMembers.userId })
    .from(teamMembers)
    .where(and(inArray(teamMembers.projectId, [...projectIds]), inArray(teamMembers.userId, [...judgeIds])))
  const said = await tx
    .select({ projectId: conflicts.projectId, judgeId: conflicts.judgeId })
    .from(conflicts)
    .where(and(inArray(conflicts.projectId, [...projectIds]), inArray(conflicts.judgeId, [...judgeIds])))
  return new Set([...own, ...said].map(({ judgeId, projectId }) => `${judgeId} ${projectId}`))
}

/** Whether a judge must not judge a project. */
export const mustNotJudge = async (
  tx: Pick<Transaction | Context['db'], 'select'>,
  judgeId: string,
  projectId: string,
): Promise<boolean> => (await conflictsOf(tx, [judgeId], [projectId])).size > 0
