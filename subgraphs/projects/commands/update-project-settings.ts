import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import contract from '../contract.ts'
import type { UpdateProjectSettingsInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { lockProject } from '../moves.ts'
import type { ProjectRow } from '../tables.ts'
import { noSuchProject, requireOwner } from '../team.ts'
import { changeLocked } from '../teams/change-locked.ts'

/** Changes who sees a project and how its team grows; null counts as left out. */
export async function updateProjectSettings(
  ctx: Ctx,
  input: UpdateProjectSettingsInput,
): Promise<Outcome<ProjectRow>> {
  const { id, expectedVersion, visibility, isOpenToJoin, canMembersInvite } = input
  const seen = await ctx.loaders.project.load(id)
  if (!seen) return failed(noSuchProject('id'))
  await requireOwner(ctx, seen)
  if (visibility != null && seen.eventId !== null) {
    return failed(
      contract.failure('INVALID_VALUE', 'The event says who sees its projects.', ['input', 'visibility']),
    )
  }
  const changes = {
    ...(visibility != null ? { visibility } : {}),
    ...(isOpenToJoin != null ? { isOpenToJoin } : {}),
    ...(canMembersInvite != null ? { canMembersInvite } : {}),
  }
  return ctx.transaction(
    'updateProjectSettings',
    async (tx) => {
      const project = await lockProject(tx, id)
      if (expectedVersion != null && expectedVersion !== project.version) {
        const path = ['input', 'expectedVersion']
        return failed(contract.failure('VERSION_CONFLICT', 'The project was changed meanwhile.', path))
      }
      return done(await changeLocked(ctx, tx, id, changes))
    },
    {},
    input,
  )
}
