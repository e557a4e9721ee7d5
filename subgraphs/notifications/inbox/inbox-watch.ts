import type { Context } from '@guildhall/kit/context'
import type { Signals } from '@guildhall/kit/signals'
import DataLoader from 'dataloader'
import type { NotificationRow } from '../tables.ts'
import { type Head, headsOf, type Stretch, stretchesOf } from './inbox-reads.ts'

/**
 * What all streams of a process share: one ear for signals, one look by the clock, and statements that read for all
 * who ask at the same time. A thousand streams that nothing happens to cost one statement per look.
 */
export interface InboxWatch {
  /** Calls `wake` when something may have come for this person. */
  watch(recipientId: string, wake: () => void): Watcher
  head(recipientId: string): Promise<Head>
  stretch(stretch: Stretch): Promise<NotificationRow[]>
}

/** One stream among those that watch. */
export interface Watcher {
  /** Everything up to this head was dealt with: the clock need not wake for it. */
  saw(head: Head): void
  stop(): void
}

/** Of each process's signals; it holds nothing while nobody watches. */
const watches = new WeakMap<Signals, InboxWatch>()

/** @param pollMs signals may get lost; then it takes this long until they are made up for. */
export function inboxWatchOf(ctx: Pick<Context, 'signals' | 'db' | 'log'>, pollMs: number): InboxWatch {
  const known = watches.get(ctx.signals)
  if (known) return known
  const opened = openWatch(ctx, pollMs)
  watches.set(ctx.signals, opened)
  return opened
}

interface Entry {
  wake(): void
  /** The head that was last dealt with. */
  seen: string
}

function openWatch(
  { signals, db, log }: Pick<Context, 'signals' | 'db' | 'log'>,
  pollMs: number,
): InboxWatch {
  const watched = new Map<string, Set<Entry>>()
  let stop: (() => void) | undefined

  const wakeAll = (recipientId: string) => {
    for (const { wake } of watched.get(recipientId) ?? []) wake()
  }
  /** Looks at all heads at once and wakes those whose inbox is not as they saw it. */
  const sweep = async () => {
    try {
      for (const head of (await headsOf(db, [...watched.keys()])).values()) {
        const mark = markOf(head)
        for (const { seen, wake } of watched.get(head.id) ?? []) if (seen !== mark) wake()
      }
    } catch (error) {
      // The database may be back at the next look.
      log.warn({ err: error }, 'the heads of watched inboxes could not be read')
    }
  }
  const begin = () => {
    const stopListening = signals.listen('inbox', (key) => {
      if (key === null) void sweep()
      else wakeAll(key)
    })
    const poll = setInterval(() => void sweep(), pollMs)
    return () => {
      stopListening()
      clearInterval(poll)
    }
  }

  const heads = new DataLoader<string, Head>(
    async (ids) => {
      const found = await headsOf(db, [...new Set(ids)])
      return ids.map((id) => found.get(id) ?? new Error('head not read'))
    },
    { cache: false },
  )
  const stretches = new DataLoader<Stretch, NotificationRow[]>((asked) => stretchesOf(db, asked), {
    cache: false,
    maxBatchSize: 100,
  })
  return {
    watch(recipientId, wake) {
      stop ??= begin()
      const entry: Entry = { wake, seen: '' }
      const those = watched.get(recipientId) ?? new Set()
      watched.set(recipientId, those.add(entry))
      return {
        saw(head) {
          entry.seen = markOf(head)
        },
        stop() {
          those.delete(entry)
          if (those.size === 0 && watched.get(recipientId) === those) watched.delete(recipientId)
          if (watched.size > 0) return
          stop?.()
          stop = undefined
        },
      }
    },
    head: (recipientId) => heads.load(recipientId),
    stretch: (stretch) => stretches.load(stretch),
  }
}

/** Whatever changes an inbox changes one of these. */
const markOf = ({ seq, revision, forgottenSeq }: Head): string => `${seq} ${revision} ${forgottenSeq}`
