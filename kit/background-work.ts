import type { Context } from './context.ts'
import type { Log } from './log.ts'
import type { MailTransport } from './mail/message.ts'
import type { PushTransport } from './push/message.ts'
import type { Signals } from './signals.ts'
import type { SubgraphRuntime } from './subgraph-runtime.ts'
import { createWorker, type Worker } from './worker.ts'

/** Ways out of the house that background work may take. */
export interface Outlets {
  mail: MailTransport
  push: PushTransport
  /** Counts what became of something that was to leave, e.g. `EMAIL`, `SENT`. */
  tally(channel: string, result: string): void
}

/**
 * Work that waits in a domain's tables until it is due. Any number of processes do it at once, so a step takes what it
 * works on with `for update skip locked` or a lease, and a step that is cut is done again by somebody else.
 */
export interface BackgroundWork {
  name: string
  /** Looked for that often; sooner when {@link signal} is heard. Default: 1 s. */
  everyMs?: number
  /** Channel of signals on which the domain says that something has become due. */
  signal?: string
  /** Does one portion and tells whether there may be more. A step that throws is tried again at the next look. */
  step(ctx: Context, outlets: Outlets): Promise<boolean>
  /** Whether a step would find something now; `settle` in tests waits until none does. */
  hasWaiting(ctx: Context): Promise<boolean>
}

/** A loop of background work, as the host runs it. */
export interface RunningWork extends Worker {
  hasWaiting(): Promise<boolean>
}

/** Starts what a domain has declared as background work. */
export function startBackgroundWork(
  subgraph: SubgraphRuntime,
  outlets: Outlets,
  signals: Signals,
  log: Log,
): RunningWork[] {
  return subgraph.definition.work.map((work) => {
    const worker = createWorker(`work ${work.name}`, log, work.everyMs ?? 1_000, () =>
      work.step(subgraph.scheduleContext(), outlets),
    )
    const stopListening = work.signal ? signals.listen(work.signal, () => worker.wake()) : () => {}
    return {
      ...worker,
      hasWaiting: () => work.hasWaiting(subgraph.scheduleContext()),
      stop() {
        stopListening()
        return worker.stop()
      },
    }
  })
}
