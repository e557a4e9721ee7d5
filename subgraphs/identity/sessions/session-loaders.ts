import type { Context } from '@guildhall/kit/context'
import { isId } from '@guildhall/kit/ids'
import { byId, byParent } from '@guildhall/kit/loaders'
import { pagesByParent } from '@guildhall/kit/nested-pages'
import { and, desc, eq, inArray, type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { type SecurityEventRow, type SessionRow, securityEvents, sessions } from '../tables.ts'
import { isLive } from './revoke-sessions.ts'

/** Sessions are seen by their owner alone; what happened to an account also by those who may see all accounts. */
export const sessionLoaders = (ctx: Context) => ({
  session: byId<SessionRow>(ctx, 'ses', sessions, visibleSessions(ctx)),
  securityEvent: byId<SecurityEventRow>(ctx, 'sev', securityEvents, visibleSecurityEvents(ctx)),
  sessionsOfUser: byParent<SessionRow>(
    (userIds) =>
      ctx.db
        .select()
        .from(sessions)
        .where(and(inArray(sessions.userId, peopleIn(userIds)), visibleSessions(ctx), isLive(ctx.now())))
        .orderBy(desc(sessions.lastUsedAt), desc(sessions.id)),
    (row) => row.userId,
  ),
  securityEventsOfUser: pagesByParent<SecurityEventRow, null>(ctx, {
    list: 'User.securityEvents',
    table: securityEvents,
    parent: securityEvents.userId,
    parentOf: (row) => row.userId,
    keys: [
      { column: securityEvents.at, direction: 'DESC', value: (row) => row.at },
      { column: securityEvents.id, direction: 'DESC', value: (row) => row.id },
    ],
    where: () => visibleSecurityEvents(ctx),
  }),
})

const peopleIn = (ids: readonly string[]): string[] => ids.filter((id) => isId('usr', id))

const visibleSessions = (ctx: Context) => ofViewer(ctx, sessions.userId)

const visibleSecurityEvents = (ctx: Context) =>
  ctx.can('users:read', { organizationId: null }) ? undefined : ofViewer(ctx, securityEvents.userId)

/** What belongs to the person calling; services see all. */
function ofViewer({ caller, viewer }: Context, userId: PgColumn): SQL | undefined {
  if (caller.kind === 'service') return undefined
  return viewer ? eq(userId, viewer.userId) : sql`false`
}
