import { isId } from '@guildhall/kit/ids'
import { done, type Failure, failed, type Outcome } from '@guildhall/kit/outcome'
import { count, eq } from 'drizzle-orm'
import contract, { collaboratorAdded } from '../contract.ts'
import { factsFor, teamOf } from '../facts.ts'
import type { AddCollaboratorInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { lockProject } from '../moves.ts'
import { standing } from '../standing.ts'
import { type ProjectRow, projectCollaborators } from '../tables.ts'
import { noSuchProject, requireInviter } from '../team.ts'

export const collaboratorsMax = 20

/** Lets somebody see what a team works on who has no place in it. */
export async function addCollaborator(ctx: Ctx, input: AddCollaboratorInput): Promise<Outcome<ProjectRow>> {
  const { projectId, userId, role } = input
  const seen = await ctx.loaders.project.load(projectId)
  if (!seen) return failed(noSuchProject('projectId'))
  await requireInviter(ctx, seen)
  const viewer = ctx.requireViewer()
  if (!isId('usr', userId)) return refuse('NOT_FOUND', 'There is no such person.')

  return ctx.transaction(
    'addCollaborator',
    async (tx) => {
      const project = await lockProject(tx, projectId)
      if (role === 'MENTOR' && project.eventId !== null) {
        const mentors = await standing.people(tx, project.eventId, ['MENTOR'])
        if (!mentors.includes(userId)) return refuse('NOT_A_MENTOR', 'The person is no mentor of the event.')
      }
      if ((await teamOf(tx, projectId)).some((member) => member.userId === userId)) return inTeam()
      const [held] = await tx
        .select({ count: count() })
        .from(projectCollaborators)
        .where(eq(projectCollaborators.projectId, projectId))
      if (Number(held?.count ?? 0) >= collaboratorsMax) {
        return refuse('TOO_MANY_COLLABORATORS', `At most ${collaboratorsMax}.`)
      }
      await tx.insert(projectCollaborators).values({
        id: ctx.newId('pjc'),
        projectId,
        userId,
        role,
        addedBy: viewer.userId,
        addedAt: ctx.now(),
      })
      await tx.emit(collaboratorAdded, { ...(await factsFor(tx, project, viewer.userId)), userId, role })
      return done(project)
    },
    {
      project_collaborator_once: () =>
        contract.failure('ALREADY_IN_TEAM', 'The person sees it already.', path),
    },
    input,
  )
}

const path = ['input', 'userId']

type Refusal = { ok: false; failures: [Failure, ...Failure[]] }

const refuse = (code: 'NOT_FOUND' | 'NOT_A_MENTOR' | 'TOO_MANY_COLLABORATORS', message: string): Refusal =>
  failed(contract.failure(code, message, path))

const inTeam = (): Refusal => failed(contract.failure('ALREADY_IN_TEAM', 'The person is in the team.', path))
