import { BadUserInput } from '@guildhall/kit/errors'
import { pushIterator } from '@guildhall/kit/push-iterator'
import { type Position, readCursor, writeCursor } from './domain/stream-cursor.ts'
import type { SubscriptionNotificationStreamArgs } from './generated/graphql.ts'
import type { Ctx } from './loaders.ts'
import { changesBetween, headOf, notificationsBetween } from './queries.ts'
import type { NotificationRow } from './tables.ts'

/** What subscribers are sent. */
export interface StreamItem {
  cursor: string
  kind: 'NEW' | 'UPDATED' | 'COUNTS' | 'GAP' | 'HEARTBEAT'
  notification: NotificationRow | null
  unreadCount: number
}

/** Real time between looks: transport facts that no domain clock moves. Tests shorten them. */
export interface StreamTimings {
  heartbeatMs: number
  /** Signals may get lost; then it takes this long until a notification is seen. */
  pollMs: number
}

const usualTimings: StreamTimings = { heartbeatMs: 15_000, pollMs: 5_000 }
const backlogMax = 10_000
const pageSize = 100

/**
 * The caller's inbox as a stream: what lies behind `after` from the table, then what comes. Signals only say "look
 * again"; what is sent is always read from the table, behind the position of the last item. Nothing is read ahead of a
 * slow reader, so that it is neither buffered for nor cut.
 *
 * @throws BadUserInput for a cursor that is not of the caller's inbox.
 */
export async function openNotificationStream(
  ctx: Ctx,
  { after, limitBacklog }: Pick<SubscriptionNotificationStreamArgs, 'after' | 'limitBacklog'>,
  timings: StreamTimings = usualTimings,
): Promise<AsyncIterableIterator<StreamItem>> {
  const { userId } = ctx.requireViewer()
  const limit = limitBacklog ?? 500
  if (limit < 0 || limit > backlogMax) {
    throw new BadUserInput(`"limitBacklog" must be between 0 and ${backlogMax}.`)
  }
  // The head is read before we listen: what comes in between is found by the first look.
  const head = await headOf(ctx.db, userId)
  const seen: Position = after == null ? head : readCursor(userId, after)
  const isTooMuch = head.seq - seen.seq > limit
  return follow(ctx, userId, { seq: seen.seq, revision: seen.revision ?? head.revision }, isTooMuch, timings)
}

interface Followed extends Position {
  revision: number
}

function follow(
  ctx: Ctx,
  recipientId: string,
  start: Followed,
  isTooMuch: boolean,
  { heartbeatMs, pollMs }: StreamTimings,
): AsyncIterableIterator<StreamItem> {
  const at = { ...start }
  let unread = 0
  let isLive = false
  let mustSkip = isTooMuch
  /** Items that the reader has not taken yet. */
  let waiting = 0
  let looking = false
  let lookAgain = true
  let ended = false
  let wake = () => {}

  const source = pushIterator<StreamItem>(({ push }) => {
    const send = (kind: StreamItem['kind'], notification: NotificationRow | null = null) => {
      if (ended) return
      waiting += 1
      push({ kind, notification, cursor: writeCursor(recipientId, at), unreadCount: unread })
    }

    /** One look at the inbox: sends at most a page, and asks for another look when there may be more. */
    const look = async () => {
      const head = await headOf(ctx.db, recipientId)
      unread = head.unread
      if (mustSkip || at.seq < head.forgottenSeq || at.seq > head.seq || at.revision > head.revision) {
        mustSkip = false
        Object.assign(at, { seq: head.seq, revision: head.revision })
        send('GAP')
      }
      const rows =
        at.seq < head.seq ? await notificationsBetween(ctx.db, recipientId, at.seq, head.seq, pageSize) : []
      for (const row of rows) {
        at.seq = row.seq
        send('NEW', row)
      }
      if (rows.length === pageSize) {
        lookAgain = true
        return
      }
      at.seq = head.seq
      await sendChanges(head.revision)
    }

    const sendChanges = async (revision: number) => {
      const isChanged = at.revision < revision
      if (isChanged) {
        const changed = await changesBetween(ctx.db, recipientId, at, revision, pageSize + 1)
        // The cursor moves with COUNTS only: whoever is cut in between is told of the same changes again.
        if (changed.length <= pageSize) for (const row of changed) send('UPDATED', row)
        at.revision = revision
      }
      if (isChanged || !isLive) send('COUNTS')
      isLive = true
    }

    wake = () => {
      lookAgain = true
      if (looking || ended || waiting > 0) return
      looking = true
      void lookWhileNeeded().finally(() => {
        looking = false
        // The reader may have taken everything while the last look was ending.
        if (lookAgain && waiting === 0) wake()
      })
    }
    const lookWhileNeeded = async () => {
      while (lookAgain && waiting === 0 && !ended) {
        lookAgain = false
        try {
          await look()
        } catch (error) {
          // The database may be back at the next poll; the position is where it was.
          ctx.log.warn({ err: error }, 'notification stream could not read the inbox')
          return
        }
      }
    }

    const stopListening = ctx.signals.listen('inbox', (key) => {
      if (key === null || key === recipientId) wake()
    })
    const poll = setInterval(wake, pollMs)
    const heartbeat = setInterval(() => {
      if (isLive && waiting === 0 && !looking) send('HEARTBEAT')
    }, heartbeatMs)
    wake()
    return () => {
      ended = true
      stopListening()
      clearInterval(poll)
      clearInterval(heartbeat)
    }
  })

  return {
    ...source,
    [Symbol.asyncIterator]() {
      return this
    },
    async next() {
      const result = await source.next()
      if (!result.done) {
        waiting -= 1
        if (waiting === 0 && lookAgain) wake()
      }
      return result
    },
  }
}
