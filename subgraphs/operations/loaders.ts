import type { Context } from '@guildhall/kit/context'
import { uuidOf } from '@guildhall/kit/ids'
import { byId } from '@guildhall/kit/loaders'
import type { BackboneAnswers } from '@guildhall/kit/operating/questions'
import DataLoader from 'dataloader'
import { sql } from 'drizzle-orm'
import { askDomain } from './ask-domains.ts'
import { type EventReplayRow, eventReplays, type OperatorActRow, operatorActs } from './tables.ts'

export type Ctx = Context<ReturnType<typeof loaders>>

/** What belongs to the platform and to no organization. */
export const platform = { organizationId: null }

/** Batches of one operation. */
export const loaders = (ctx: Context) => {
  const visible = ctx.can('operations:read', platform) ? undefined : sql`false`
  return {
    replay: byId<EventReplayRow>(ctx, 'rpl', eventReplays, visible),
    act: byId<OperatorActRow>(ctx, 'opa', operatorActs, visible),
    /** What has become of a replay at its consumer; null when that is away. */
    progress: new DataLoader<EventReplayRow, BackboneAnswers['replayProgress'] | null, string>(
      (replays) => Promise.all(replays.map((replay) => progressOf(ctx, replay))),
      { cacheKeyFn: ({ id }) => id },
    ),
  }
}

async function progressOf(ctx: Context, { id, consumer }: EventReplayRow) {
  try {
    return await askDomain(ctx, consumer, { ask: 'replayProgress', replayId: uuidOf('rpl', id) })
  } catch (error) {
    ctx.log.warn({ err: error, domain: consumer }, 'domain does not answer an operator')
    return null
  }
}
