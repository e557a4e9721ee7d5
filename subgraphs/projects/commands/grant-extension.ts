import { done, type Failure, failed, type Outcome } from '@guildhall/kit/outcome'
import { line, problemsOf } from '@guildhall/kit/validate'
import { eq } from 'drizzle-orm'
import { z } from 'zod'
import contract, { projectExtensionGranted } from '../contract.ts'
import { isRunning, submissionsCloseAt } from '../domain/submission-window.ts'
import { factsFor } from '../facts.ts'
import type { GrantExtensionInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { lockTerms } from '../lock-terms.ts'
import { lockProject } from '../moves.ts'
import { type ProjectRow, projectExtensions, projects } from '../tables.ts'
import { noSuchProject, requireManager } from '../team.ts'

/** A manager gives one team more time than the others have. */
export async function grantExtension(ctx: Ctx, input: GrantExtensionInput): Promise<Outcome<ProjectRow>> {
  const seen = await ctx.loaders.project.load(input.projectId)
  if (!seen) return failed(noSuchProject('projectId'))
  await requireManager(ctx, seen)
  const { userId } = ctx.requireViewer()
  const reason = input.reason.trim()
  if (reason === '') return failed(contract.failure('REASON_REQUIRED', 'Say why.', ['input', 'reason']))
  const problems = problemsOf(z.object({ reason: line(1_000) }), { reason })
  if (problems.length > 0) return failed(...problems)
  const { closesAt: until } = input

  return ctx.transaction(
    'grantExtension',
    async (tx) => {
      const event = await lockTerms(tx, seen.eventId)
      const project = await lockProject(tx, seen.id)
      if (!event) return refuse('INVALID_VALUE', 'The project has no deadline.', 'projectId')
      if (!isRunning(event)) return refuse('EVENT_NOT_RUNNING', `The event is ${event.status}.`, 'projectId')
      if (project.status !== 'DRAFT' && project.status !== 'SUBMITTED') {
        return refuse('PROJECT_NOT_EDITABLE', `The project is ${project.status}.`, 'projectId')
      }
      const now = ctx.now()
      if (until <= now || until <= submissionsCloseAt(event)) {
        return refuse('INVALID_TIME_RANGE', 'The team may hand in until then anyway, or never.', 'closesAt')
      }
      const grant = { projectId: project.id, until, reason, grantedBy: userId, at: now }
      await tx.insert(projectExtensions).values({ ...grant, id: ctx.newId('pjx') })
      const [changed] = await tx
        .update(projects)
        .set({ extendedUntil: until, version: project.version + 1, updatedAt: now })
        .where(eq(projects.id, project.id))
        .returning()
      if (!changed) throw new Error('update returned nothing')
      const facts = await factsFor(tx, changed, userId)
      await tx.emit(projectExtensionGranted, { ...facts, until: until.toISOString(), reason })
      return done(changed)
    },
    {},
    input,
  )
}

const refuse = (
  code: 'INVALID_VALUE' | 'EVENT_NOT_RUNNING' | 'PROJECT_NOT_EDITABLE' | 'INVALID_TIME_RANGE',
  message: string,
  field: 'projectId' | 'closesAt',
): { ok: false; failures: [Failure, ...Failure[]] } =>
  failed(contract.failure(code, message, ['input', field]))
