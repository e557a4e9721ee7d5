import { BadUserInput } from '@guildhall/kit/errors'
import { pushIterator } from '@guildhall/kit/push-iterator'
import { countsOf, type InboxCounts, noCounts } from '../domain/counts.ts'
import { readCursor, writeCursor } from '../domain/stream-cursor.ts'
import type { SubscriptionNotificationStreamArgs } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import type { NotificationRow } from '../tables.ts'
import { type ChangePosition, changesOf, type Head, isMoreThan } from './inbox-reads.ts'
import { inboxWatchOf } from './inbox-watch.ts'

/** What subscribers are sent. */
export interface StreamItem {
  cursor: string
  kind: 'NEW' | 'UPDATED' | 'COUNTS' | 'GAP' | 'HEARTBEAT'
  notification: NotificationRow | null
  counts: InboxCounts
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
  const seen = after == null ? undefined : readCursor(userId, after)
  if (seen === null) {
    throw new BadUserInput('This cursor does not belong to your inbox; start again without it.')
  }
  // The head is read before we listen: what comes in between is found by the first look.
  const head = await inboxWatchOf(ctx, timings.pollMs).head(userId)
  const { seq, revision } = seen ?? head
  const isTooMuch = head.seq - seq > limit
  return follow(ctx, userId, { seq, revision: revision ?? head.revision, limit, isTooMuch }, timings)
}

interface Start {
  seq: number
  revision: number
  /** Most changes that are told one by one to somebody who comes back. */
  limit: number
  isTooMuch: boolean
}

function follow(
  ctx: Ctx,
  recipientId: string,
  { limit, isTooMuch, ...start }: Start,
  { heartbeatMs, pollMs }: StreamTimings,
): AsyncIterableIterator<StreamItem> {
  const inbox = inboxWatchOf(ctx, pollMs)
  const at = { ...start }
  /** Within changes that were told in part: the place of the last one, and the revision up to which they are told. */
  let telling: { place: ChangePosition; revisionMax: number } | null = null
  let counts = noCounts
  let isLive = false
  let mustSkip = isTooMuch
  /** Items that the reader has not taken yet. */
  let waiting = 0
  let looking = false
  let lookAgain = true
  let ended = false
  let wake = () => {}

  return pushIterator<StreamItem>(({ push, onTaken }) => {
    const send = (kind: StreamItem['kind'], notification: NotificationRow | null = null) => {
      if (ended) return
      waiting += 1
      const cursor = writeCursor(recipientId, at)
      push({ kind, notification, cursor, counts, unreadCount: counts.unread })
    }
    const skipTo = ({ seq, revision }: Head) => {
      mustSkip = false
      telling = null
      Object.assign(at, { seq, revision })
      send('GAP')
    }

    /** One look at the inbox: sends at most a page, and asks for another look when there may be more. */
    const look = async () => {
      const head = await inbox.head(recipientId)
      counts = countsOf(head)
      if (mustSkip || at.seq < head.forgottenSeq || at.seq > head.seq || at.revision > head.revision) {
        skipTo(head)
      }
      const upTo = Math.min(head.seq, at.seq + pageSize)
      if (at.seq < upTo) {
        for (const row of await inbox.stretch({ recipientId, behind: at.seq, upTo })) {
          at.seq = row.seq ?? at.seq
          send('NEW', row)
        }
        at.seq = upTo
      }
      if (upTo < head.seq) lookAgain = true
      else await tellChanges(head)
      watcher.saw(head)
    }

    /** The cursor moves with COUNTS only: whoever is cut in between is told of the same changes again. */
    const tellChanges = async (head: Head) => {
      const isChanged = at.revision < head.revision
      if (isChanged && !(await isTold(head))) return
      if (isChanged || !isLive) send('COUNTS')
      isLive = true
    }
    /** Tells a page of what has changed. @returns whether that was all. */
    const isTold = async (head: Head): Promise<boolean> => {
      const isFirst = telling === null
      telling ??= { place: { revision: at.revision, seq: head.seq }, revisionMax: head.revision }
      const { place, revisionMax } = telling
      const changes = { recipientId, behind: place, seqMax: at.seq, revisionMax }
      const rows = await changesOf(ctx.db, changes, pageSize)
      const most = isLive ? Math.max(limit, pageSize) : limit
      if (isFirst && rows.length > most) return skip(head)
      if (isFirst && rows.length === pageSize && (await isMoreThan(ctx.db, changes, most))) return skip(head)
      for (const row of rows) send('UPDATED', row)
      const last = rows.at(-1)
      if (rows.length === pageSize && last) {
        telling.place = { revision: last.revision, seq: last.seq ?? 0 }
        lookAgain = true
        return false
      }
      at.revision = revisionMax
      telling = null
      if (revisionMax < head.revision) lookAgain = true
      return true
    }
    const skip = (head: Head): true => {
      skipTo(head)
      return true
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

    onTaken(() => {
      waiting -= 1
      if (waiting === 0 && lookAgain) wake()
    })
    const watcher = inbox.watch(recipientId, () => wake())
    const heartbeat = setInterval(() => {
      if (isLive && waiting === 0 && !looking) send('HEARTBEAT')
    }, heartbeatMs)
    wake()
    return () => {
      ended = true
      watcher.stop()
      clearInterval(heartbeat)
    }
  })
}
