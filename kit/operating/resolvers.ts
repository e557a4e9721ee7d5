import type { z } from 'zod'
import type { Context } from '../context.ts'
import { BadUserInput } from '../errors.ts'
import type { Reaction } from '../events/envelope.ts'
import type { BackboneTables } from '../events/tables.ts'
import { done } from '../outcome.ts'
import { discardDeadLetters, readDeadLetters, redriveDeadLetters } from './dead-letters.ts'
import {
  type BackboneAnswers,
  type BackboneOrder,
  type BackboneQuestion,
  backboneOrder,
  backboneQuestion,
} from './questions.ts'
import { depositCopies, readLogPage, readLogRange, replayProgress } from './replays.ts'
import { readStatus } from './status.ts'

/** What of a domain the answers depend on. */
interface Backbone {
  backbone: BackboneTables
  reactions: readonly Reaction[]
}

/** Resolvers of the root fields in `schema/common.graphql` by which operators reach the backbone of every domain. */
export function operatingResolvers(own: Backbone) {
  return {
    Query: {
      backbone: async (_: unknown, { question }: { question: string }, ctx: Context) =>
        JSON.stringify(await answer(ctx, own, read(backboneQuestion, question))),
    },
    Mutation: {
      tendBackbone: async (_: unknown, { input }: { input: { order: string } }, ctx: Context) => ({
        result: JSON.stringify(await carryOut(ctx, own, read(backboneOrder, input.order))),
        userErrors: [],
      }),
    },
  }
}

function answer(ctx: Context, { backbone, reactions }: Backbone, question: BackboneQuestion) {
  switch (question.ask) {
    case 'status':
      return readStatus(ctx, reactions)
    case 'deadLetters':
      return readDeadLetters(ctx, question.filter, question)
    case 'logRange':
      return readLogRange(ctx, backbone, question)
    case 'logPage':
      return readLogPage(ctx, backbone, question)
    case 'replayProgress':
      return replayProgress(ctx, question.replayId)
  }
}

async function carryOut(
  ctx: Context,
  { backbone }: Backbone,
  order: BackboneOrder,
): Promise<BackboneAnswers['redrive' | 'deposit']> {
  if (order.order === 'deposit') {
    await ctx.transaction('depositCopies', async (tx) =>
      done(await depositCopies(ctx, tx, order.replayId, order.envelopes)),
    )
    return { isDeposited: true }
  }
  const act = order.order === 'redrive' ? 'redriveDeadLetters' : 'discardDeadLetters'
  const outcome = await ctx.transaction(
    act,
    async (tx) =>
      done(
        act === 'redriveDeadLetters'
          ? await redriveDeadLetters(ctx, tx, order)
          : await discardDeadLetters(ctx, tx, backbone, order),
      ),
    {},
    { ...order, idempotencyKey: order.key },
  )
  if (!outcome.ok) throw new BadUserInput(outcome.failures[0].message)
  return { ids: outcome.value }
}

/** Only our own services come here, but of another version they may. @throws BadUserInput */
function read<Schema extends z.ZodType>(schema: Schema, text: string): z.infer<Schema> {
  try {
    return schema.parse(JSON.parse(text))
  } catch (error) {
    throw new BadUserInput('This is nothing that can be asked of a backbone.', error)
  }
}
