import type { Transaction } from '@guildhall/kit/context'
import { isId } from '@guildhall/kit/ids'
import { done, type Failure, failed, type Outcome } from '@guildhall/kit/outcome'
import { and, eq, inArray, notInArray, sql } from 'drizzle-orm'
import contract from '../contract.ts'
import { takesBallots } from '../domain/public-ballot.ts'
import type { CastPublicVoteInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { termsFor } from '../projection.ts'
import { takesPart } from '../public-vote/takes-part.ts'
import {
  ballotChoices,
  ballots,
  type PublicBallotRow,
  projectFacts,
  publicVotes,
  teamMembers,
} from '../tables.ts'

/** Takes a person's one ballot; another one replaces it. */
export async function castPublicVote(
  ctx: Ctx,
  input: CastPublicVoteInput,
): Promise<Outcome<PublicBallotRow>> {
  const { userId } = ctx.requireViewer()
  const event = await termsFor(ctx, input.eventId)
  const seen = event && (await ctx.loaders.publicVote.load(event.id))
  if (!seen) return failed(contract.failure('NOT_FOUND', 'There is no such vote.', ['input', 'eventId']))
  const projectIds = [...new Set(input.projectIds)]
  if (!projectIds.every((id) => isId('prj', id))) return failed(noSuchProject())
  if (seen.electorate === 'PARTICIPANTS' && !(await takesPart(ctx, seen.id, userId))) {
    return failed(contract.failure('NOT_A_PARTICIPANT', 'Only participants vote.', ['input', 'eventId']))
  }

  return ctx.transaction(
    'castPublicVote',
    async (tx) => {
      const [vote] = await tx.select().from(publicVotes).where(eq(publicVotes.id, seen.id)).for('share')
      if (!vote || !takesBallots(vote, ctx.now())) {
        return failed(contract.failure('VOTE_NOT_OPEN', 'The vote is not open.', ['input', 'eventId']))
      }
      if (projectIds.length > vote.choiceLimit) {
        return failed(
          contract.failure('TOO_MANY_CHOICES', `One votes for at most ${vote.choiceLimit}.`, [
            'input',
            'projectIds',
          ]),
        )
      }
      const problem = await problemOf(tx, vote.id, userId, projectIds)
      if (problem) return failed(problem)
      const castAt = ctx.now()
      const [ballot] = await tx
        .insert(ballots)
        .values({ id: ctx.newId('pbl'), eventId: vote.id, voterId: userId, castAt })
        .onConflictDoUpdate({
          target: [ballots.eventId, ballots.voterId],
          set: { castAt, version: sql`${ballots.version} + 1` },
        })
        .returning()
      if (!ballot) throw new Error('insert returned nothing')
      await tx.delete(ballotChoices).where(eq(ballotChoices.ballotId, ballot.id))
      const choices = projectIds.map((projectId) => ({ ballotId: ballot.id, eventId: vote.id, projectId }))
      if (choices.length > 0) await tx.insert(ballotChoices).values(choices)
      return done(ballot)
    },
    {},
    input,
  )
}

/** Only what was handed in at this event can be voted for, and by nobody of its team. */
async function problemOf(
  tx: Transaction,
  eventId: string,
  userId: string,
  projectIds: readonly string[],
): Promise<Failure | null> {
  if (projectIds.length === 0) return null
  const named = await tx
    .select({ id: projectFacts.id })
    .from(projectFacts)
    .where(
      and(
        eq(projectFacts.eventId, eventId),
        inArray(projectFacts.id, [...projectIds]),
        notInArray(projectFacts.status, ['DRAFT', 'WITHDRAWN', 'DISQUALIFIED']),
      ),
    )
  if (named.length < projectIds.length) return noSuchProject()
  const own = await tx
    .select({ id: teamMembers.projectId })
    .from(teamMembers)
    .where(and(inArray(teamMembers.projectId, [...projectIds]), eq(teamMembers.userId, userId)))
  return own.length === 0
    ? null
    : contract.failure('OWN_PROJECT', 'Vote for a project of others.', ['input', 'projectIds'])
}

const noSuchProject = (): Failure =>
  contract.failure('NOT_FOUND', 'There is no such project at the event.', ['input', 'projectIds'])
