import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import type { RotateJoinCodeInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import type { ProjectRow } from '../tables.ts'
import { noSuchProject, requireOwner } from '../team.ts'
import { changeLocked } from '../teams/change-locked.ts'
import { newJoinCode } from '../teams/new-join-code.ts'

/** Gives a team another code. */
export async function rotateJoinCode(ctx: Ctx, input: RotateJoinCodeInput): Promise<Outcome<ProjectRow>> {
  const seen = await ctx.loaders.project.load(input.projectId)
  if (!seen) return failed(noSuchProject('projectId'))
  await requireOwner(ctx, seen)
  return ctx.transaction(
    'rotateJoinCode',
    async (tx) => done(await changeLocked(ctx, tx, seen.id, { joinCode: newJoinCode() })),
    {},
    input,
  )
}
