import type { Context, Transaction } from '@guildhall/kit/context'
import { done, type Failure, failed, type Outcome } from '@guildhall/kit/outcome'
import { and, eq, lt, ne, or, sql } from 'drizzle-orm'
import contract, { projectMemberJoined } from '../contract.ts'
import { isRunning } from '../domain/submission-window.ts'
import { factsFor } from '../facts.ts'
import { lockTerms } from '../lock-terms.ts'
import { lockProject } from '../moves.ts'
import { joinRequests, type ProjectRow, projectCollaborators, projectMembers, projects } from '../tables.ts'

interface Seat {
  userId: string
  /** Where in the input the team is named. */
  path: string[]
  /** The request that this answers. */
  requestId?: string
}

/**
 * Takes somebody into a team, by whichever way they came: the last place goes to one of however many rivals, and somebody
 * who is wanted by two teams at once gets into one (`seatConstraints`).
 */
export async function takeIn(
  ctx: Context,
  tx: Transaction,
  seen: Pick<ProjectRow, 'id' | 'eventId'>,
  { userId, path, requestId }: Seat,
): Promise<Outcome<ProjectRow>> {
  const event = await lockTerms(tx, seen.eventId)
  const project = await lockProject(tx, seen.id)
  if (project.status !== 'DRAFT') {
    return failed(contract.failure('PROJECT_NOT_EDITABLE', `The project is ${project.status}.`, path))
  }
  if (event && !isRunning(event)) {
    return failed(contract.failure('EVENT_NOT_RUNNING', `The event is ${event.status}.`, path))
  }
  // The event may have changed its mind since the team was formed; whoever is in stays in.
  const memberLimit = event?.maxTeamSize ?? project.memberLimit
  const now = ctx.now()
  await tx.insert(projectMembers).values({
    id: ctx.newId('prm'),
    projectId: project.id,
    teamEventId: project.eventId,
    userId,
    role: 'MEMBER',
    joinedAt: now,
  })
  const [changed] = await tx
    .update(projects)
    .set({
      memberCount: sql`${projects.memberCount} + 1`,
      memberLimit,
      version: project.version + 1,
      updatedAt: now,
    })
    .where(and(eq(projects.id, project.id), lt(projects.memberCount, memberLimit)))
    .returning()
  if (!changed) return failed(contract.failure('TEAM_FULL', 'The team is full.', path))
  await tx
    .delete(projectCollaborators)
    .where(and(eq(projectCollaborators.projectId, project.id), eq(projectCollaborators.userId, userId)))
  await lapseRequests(tx, project, userId, now, requestId)
  const facts = await factsFor(tx, changed, ctx.viewer?.userId ?? null)
  await tx.emit(projectMemberJoined, { ...facts, userId, role: 'MEMBER' })
  return done(changed)
}

/** What it means when the person has a place already. */
export const seatConstraints = (path: string[]) => {
  const inTeam = (): Failure =>
    contract.failure('ALREADY_IN_TEAM', 'The person is in a team of this event already.', path)
  return { project_member_once: inTeam, project_member_one_team: inTeam }
}

/** Whoever has found a team asks no other of the event any more. Behind the place in the team, which rivals wait for. */
const lapseRequests = (
  tx: Transaction,
  project: ProjectRow,
  userId: string,
  now: Date,
  answered: string | undefined,
) =>
  tx
    .update(joinRequests)
    .set({ status: 'WITHDRAWN', decidedAt: now })
    .where(
      and(
        eq(joinRequests.userId, userId),
        eq(joinRequests.status, 'PENDING'),
        or(
          eq(joinRequests.projectId, project.id),
          project.eventId === null ? undefined : eq(joinRequests.eventId, project.eventId),
        ),
        answered === undefined ? undefined : ne(joinRequests.id, answered),
      ),
    )
