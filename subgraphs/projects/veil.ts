import type { Context } from '@guildhall/kit/context'
import { and, eq, inArray, isNotNull, not, or, type SQL, sql } from 'drizzle-orm'
import { eventRoles, judgingRounds, projectCollaborators, projectMembers, projects } from './tables.ts'

/**
 * Projects whose people the caller is not told of: they judge the event, which has a blind round open, and neither run the
 * event nor belong to the team. Asks for the roles themselves: a key that was made for less must not see more.
 */
export function veiledFor(ctx: Context): SQL | undefined {
  if (!ctx.viewer) return sql`false`
  const { userId, grants } = ctx.viewer
  const judged = ctx.db
    .select({ id: eventRoles.objectId })
    .from(eventRoles)
    .innerJoin(judgingRounds, eq(judgingRounds.eventId, eventRoles.objectId))
    .where(
      and(
        eq(eventRoles.userId, userId),
        sql`'JUDGE' = any(${eventRoles.roles})`,
        not(sql`${eventRoles.roles} && array['OWNER', 'ORGANIZER']`),
        judgingRounds.isBlind,
        judgingRounds.isOpen,
      ),
    )
  const managed = Object.keys(grants).filter((organizationId) =>
    ctx.can('projects:manage', { organizationId }),
  )
  const ownTeams = ctx.db
    .select({ id: projectMembers.projectId })
    .from(projectMembers)
    .where(eq(projectMembers.userId, userId))
  const followed = ctx.db
    .select({ id: projectCollaborators.projectId })
    .from(projectCollaborators)
    .where(eq(projectCollaborators.userId, userId))
  const known = or(
    inArray(projects.organizationId, managed),
    inArray(projects.id, ownTeams),
    inArray(projects.id, followed),
  )
  return and(isNotNull(projects.eventId), inArray(projects.eventId, judged), known && not(known))
}
