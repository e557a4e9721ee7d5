import type { Transaction } from '@guildhall/kit/context'
import { done, type Failure, failed, type Outcome } from '@guildhall/kit/outcome'
import { askDomain, isDomain } from '../ask-domains.ts'
import contract from '../contract.ts'
import { reasonProblems } from '../domain/reason.ts'
import { chooseEvents, rangeProblems } from '../domain/replay-range.ts'
import type { ReplayEventsInput } from '../generated/graphql.ts'
import { type Ctx, platform } from '../loaders.ts'
import { replaysSignal } from '../replays.ts'
import { type EventReplayRow, eventReplays, operatorActs } from '../tables.ts'

/** Accepts a replay; background work then carries it out. */
export async function replayEvents(ctx: Ctx, input: ReplayEventsInput): Promise<Outcome<EventReplayRow>> {
  ctx.require('operations:manage', platform)
  const { userId } = ctx.requireViewer()
  const problems = [
    ...reasonProblems(input.reason),
    ...rangeProblems(input),
    ...unknownDomain('publisher', input.publisher),
    ...unknownDomain('consumer', input.consumer),
  ]
  if (problems.length > 0) return failed(...problems)
  const { consumer } = await askDomain(ctx, input.consumer, { ask: 'status' })
  const chosen = chooseEvents(consumer?.reactions ?? [], input.publisher, input.eventNames)
  if ('refused' in chosen) return failed(notReplayable(chosen.refused))
  const range = await askDomain(ctx, input.publisher, {
    ask: 'logRange',
    from: input.fromAt?.toISOString() ?? null,
    to: input.toAt?.toISOString() ?? null,
    fromSeq: input.fromSeq ?? null,
    toSeq: input.toSeq ?? null,
  })
  if (!range.isKept) return failed(notKept(range.keptSince))

  const outcome = await ctx.transaction(
    'replayEvents',
    async (tx) => {
      const [replay] = await tx
        .insert(eventReplays)
        .values({
          id: ctx.newId('rpl'),
          publisher: input.publisher,
          consumer: input.consumer,
          eventNames: chosen.names,
          fromSeq: range.fromSeq,
          toSeq: range.toSeq,
          position: Math.max(0, range.fromSeq - 1),
          status: 'RUNNING',
          movedAt: ctx.now(),
          requestedById: userId,
          reason: input.reason.trim(),
          createdAt: ctx.now(),
        })
        .returning()
      if (!replay) throw new Error('insert returned nothing')
      await record(ctx, tx, replay)
      tx.afterCommit(() => ctx.signals.send(replaysSignal, [replay.id]))
      return done(replay)
    },
    { event_replay_one_running: () => running },
    input,
  )
  return outcome
}

/** Acts of operators are found in one place. */
async function record(ctx: Ctx, tx: Transaction, replay: EventReplayRow): Promise<void> {
  await tx.insert(operatorActs).values({
    id: ctx.newId('opa'),
    kind: 'REPLAY',
    actorId: replay.requestedById,
    reason: replay.reason,
    consumer: replay.consumer,
    filter: {},
    limit: 0,
    replayId: replay.id,
    createdAt: replay.createdAt,
    finishedAt: replay.createdAt,
  })
}

const unknownDomain = (field: string, name: string): Failure[] =>
  isDomain(name) ? [] : [contract.failure('NOT_FOUND', 'There is no such domain.', ['input', field])]

const notReplayable = (eventNames: string[]): Failure => ({
  __typename: 'NotReplayableError',
  code: 'NOT_REPLAYABLE',
  message:
    eventNames.length > 0
      ? `These cannot be replayed to the consumer: ${eventNames.join(', ')}.`
      : 'Nothing of the publisher can be replayed to the consumer.',
  path: ['input', 'eventNames'],
  eventNames,
})

const notKept = (since: string | null): Failure =>
  contract.failure('RANGE_NOT_KEPT', `The log begins at ${since ?? 'its end'}; what was before is gone.`, [
    'input',
    'fromAt',
  ])

const running = contract.failure('REPLAY_RUNNING', 'Wait for the replay that is under way.', [
  'input',
  'consumer',
])
