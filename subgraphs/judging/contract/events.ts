import { defineEvent } from '@guildhall/kit/contract'
import { z } from 'zod'

/** What other domains need to know of a round of judging; carried whole, so that nobody has to ask. */
export const roundFacts = z.object({
  roundId: z.string(),
  roundName: z.string(),
  eventId: z.string(),
  eventTitle: z.string(),
  /** Who sees the event, and so the round; what was told before it was said here is for the organization. */
  eventVisibility: z.enum(['PUBLIC', 'UNLISTED', 'ORGANIZATION']).default('ORGANIZATION'),
  organizationId: z.string(),
  /** Who judges it. */
  judgeIds: z.array(z.string()),
  isBlind: z.boolean(),
  version: z.number().int(),
  /** Who did it. */
  actorId: z.string().nullable(),
})

export type RoundFacts = z.infer<typeof roundFacts>

const aggregate = ({ roundId }: { roundId: string }) => roundId

export const roundOpened = defineEvent({
  name: 'judging.round.opened',
  version: 1,
  description: 'Judges may score; also when a closed round was opened again.',
  payload: roundFacts.extend({
    /** Why it was opened again; null for the first time. */
    reason: z.string().nullable(),
  }),
  aggregate,
})

export const roundClosed = defineEvent({
  name: 'judging.round.closed',
  version: 1,
  description: 'A round takes no more scores; its results are frozen.',
  payload: roundFacts,
  aggregate,
})

export const judgeAssigned = defineEvent({
  name: 'judging.judge.assigned',
  version: 1,
  description: 'A judge was given projects to judge.',
  payload: roundFacts.omit({ judgeIds: true }).extend({
    judgeId: z.string(),
    /** How many were given. */
    projectCount: z.number().int(),
  }),
  aggregate,
})

export const resultsPublished = defineEvent({
  name: 'judging.results.published',
  version: 1,
  description: 'The results of a round can be seen by whoever sees the event.',
  payload: roundFacts.extend({
    /** Who won what, the best first. */
    winners: z.array(
      z.object({
        projectId: z.string(),
        /** Null: over all tracks. */
        trackId: z.string().nullable(),
        prizeId: z.string().nullable(),
        place: z.number().int(),
      }),
    ),
    /** Who goes on to the next round. */
    finalists: z.array(z.string()),
    /** Every project that was judged. */
    projectIds: z.array(z.string()),
    /** Everybody in the teams of these projects. */
    memberIds: z.array(z.string()),
  }),
  aggregate,
})
