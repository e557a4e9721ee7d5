import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { sql } from 'drizzle-orm'
import contract from '../contract.ts'
import type { SetPublicVoteInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { termsFor } from '../projection.ts'
import { requireManager } from '../standing.ts'
import { type PublicVoteRow, publicVotes } from '../tables.ts'

/** Says how the public votes at an event. */
export async function setPublicVote(ctx: Ctx, input: SetPublicVoteInput): Promise<Outcome<PublicVoteRow>> {
  const event = await termsFor(ctx, input.eventId)
  if (!event) return failed(contract.failure('NOT_FOUND', 'There is no such event.', ['input', 'eventId']))
  await requireManager(ctx, { eventId: event.id, organizationId: event.organizationId })
  const { electorate, choiceLimit, opensAt, closesAt } = input
  if (choiceLimit < 1 || choiceLimit > 10) {
    return failed(contract.failure('INVALID_VALUE', 'One votes for 1 to 10.', ['input', 'choiceLimit']))
  }
  if (closesAt <= opensAt) {
    return failed(
      contract.failure('INVALID_TIME_RANGE', 'The vote closes after it opens.', ['input', 'closesAt']),
    )
  }

  return ctx.transaction(
    'setPublicVote',
    async (tx) => {
      const now = ctx.now()
      const terms = { electorate, choiceLimit, opensAt, closesAt, updatedAt: now }
      const [row] = await tx
        .insert(publicVotes)
        .values({ ...terms, id: event.id, organizationId: event.organizationId, createdAt: now })
        .onConflictDoUpdate({
          target: publicVotes.id,
          set: { ...terms, version: sql`${publicVotes.version} + 1` },
        })
        .returning()
      if (!row) throw new Error('insert returned nothing')
      return done(row)
    },
    {},
    input,
  )
}
