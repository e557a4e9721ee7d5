import { isId } from '@guildhall/kit/ids'
import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { and, eq, lt, sql } from 'drizzle-orm'
import contract, { projectMemberJoined } from '../contract.ts'
import { isRunning } from '../domain/submission-window.ts'
import { factsFor } from '../facts.ts'
import type { AddProjectMemberInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { lockTerms } from '../lock-terms.ts'
import { lockProject } from '../moves.ts'
import { takesPart } from '../projection.ts'
import { type ProjectRow, projectMembers, projects } from '../tables.ts'
import { noSuchProject, requireOwner } from '../team.ts'

/** Takes somebody into a team: the last place goes to one of however many rivals. */
export async function addProjectMember(ctx: Ctx, input: AddProjectMemberInput): Promise<Outcome<ProjectRow>> {
  const seen = await ctx.loaders.project.load(input.projectId)
  if (!seen) return failed(noSuchProject('projectId'))
  await requireOwner(ctx, seen)
  const viewer = ctx.requireViewer()
  if (!isId('usr', input.userId)) {
    return failed(contract.failure('NOT_FOUND', 'There is no such person.', ['input', 'userId']))
  }
  if (seen.eventId && !(await takesPart(ctx, seen.eventId, input.userId))) {
    return failed(
      contract.failure('NOT_A_PARTICIPANT', 'The person has no seat in the event.', ['input', 'userId']),
    )
  }

  return ctx.transaction(
    'addProjectMember',
    async (tx) => {
      const event = await lockTerms(tx, seen.eventId)
      const project = await lockProject(tx, seen.id)
      if (project.status !== 'DRAFT') {
        return failed(
          contract.failure('PROJECT_NOT_EDITABLE', `The project is ${project.status}.`, [
            'input',
            'projectId',
          ]),
        )
      }
      if (event && !isRunning(event)) {
        return failed(
          contract.failure('EVENT_NOT_RUNNING', `The event is ${event.status}.`, ['input', 'projectId']),
        )
      }
      // The event may have changed its mind since the team was formed; whoever is in stays in.
      const memberLimit = event?.maxTeamSize ?? project.memberLimit
      const now = ctx.now()
      await tx.insert(projectMembers).values({
        id: ctx.newId('prm'),
        projectId: project.id,
        teamEventId: project.eventId,
        userId: input.userId,
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
      if (!changed) {
        return failed(contract.failure('TEAM_FULL', 'The team is full.', ['input', 'projectId']))
      }
      const facts = await factsFor(tx, changed, viewer.userId)
      await tx.emit(projectMemberJoined, { ...facts, userId: input.userId, role: 'MEMBER' })
      return done(changed)
    },
    { project_member_once: inTeam, project_member_one_team: inTeam },
    input,
  )
}

const inTeam = () =>
  contract.failure('ALREADY_IN_TEAM', 'The person is in a team already.', ['input', 'userId'])
