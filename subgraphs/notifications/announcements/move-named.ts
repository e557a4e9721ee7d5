import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { illegalTransition } from '@guildhall/kit/state-machine'
import { type AnnouncementStatus, announcementLife } from '../domain/announcement-life.ts'
import type { Ctx } from '../loaders.ts'
import type { AnnouncementRow } from '../tables.ts'
import { lockAnnouncement, move, namedAnnouncement, stepRefusal, versionConflict } from './move.ts'

interface Named {
  id: string
  expectedVersion?: number | null | undefined
  idempotencyKey?: string | null | undefined
}

interface Move {
  to: AnnouncementStatus
  change: Partial<AnnouncementRow>
}

/** A mutation that does nothing but move an announcement. `moveOf` gives null where there is nothing of the kind to do. */
export async function moveNamed(
  ctx: Ctx,
  mutation: string,
  input: Named,
  moveOf: (current: AnnouncementRow, now: Date) => Move | null,
): Promise<Outcome<AnnouncementRow>> {
  const seen = await namedAnnouncement(ctx, input.id)
  if (!seen.ok) return seen
  return ctx.transaction(
    mutation,
    async (tx) => {
      const current = await lockAnnouncement(tx, input.id)
      const conflict = versionConflict(input.expectedVersion, current)
      if (conflict) return failed(conflict)
      const wanted = moveOf(current, ctx.now())
      if (!wanted)
        return failed(illegalTransition(announcementLife, current.status, 'SENDING', ['input', 'id']))
      const refusal = stepRefusal(current, wanted.to)
      return refusal ? failed(refusal) : done(await move(ctx, tx, current, wanted.to, wanted.change))
    },
    {},
    input,
  )
}
