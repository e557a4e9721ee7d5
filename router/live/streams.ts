import type { ExecutionResult } from 'graphql'
import { noGrants } from '../access/auth-index.ts'
import { planFor } from '../execution/plans.ts'
import type { ResolvedCaller } from '../execution/request-context.ts'
import type { SchemaView } from '../schema/views.ts'
import { audienceOf } from './audience.ts'
import { isResumable } from './resumable.ts'
import { openShare, type Share, type ShareOptions, type Subscriber } from './share.ts'
import type { PlannedStream, SubscriptionRequest } from './subscriptions.ts'

/** The streams that run. */
export interface Streams {
  /** Adds a subscriber to an equal stream that runs, or opens one. @returns a function that leaves it. */
  join(stream: PlannedStream, subscriber: Subscriber): () => void
  /** What runs now, and how many streams have been opened since the start. */
  counts(): { streams: number; subscribers: number; opened: number }
}

export interface StreamsOptions extends Pick<ShareOptions, 'deadlineMs' | 'logger'> {
  /** Result → what a client may see of it. */
  mask(result: ExecutionResult, request: SubscriptionRequest): ExecutionResult
  /** Whether equal subscriptions run as one. */
  sharing: boolean
  /** Whether what an operation is answered depends on nobody's identity. */
  isPublic(view: SchemaView, request: SubscriptionRequest): boolean
  /** A caller who has shown nothing. */
  nobody(): Promise<ResolvedCaller>
}

/**
 * Equal subscriptions of one audience run as one stream, see adr/0015: those for everybody always, others as far as they
 * begin before the stream has brought anything.
 */
export function createStreams(options: StreamsOptions): Streams {
  const { sharing, deadlineMs, logger, mask } = options
  const joinable = new Map<string, Share>()
  const running = new Set<Share>()
  const numbers = new WeakMap<SchemaView, number>()
  let views = 0
  let opened = 0

  const numberOf = (view: SchemaView): number => {
    const known = numbers.get(view)
    if (known !== undefined) return known
    views += 1
    numbers.set(view, views)
    return views
  }
  /** Open to everybody: nothing in it is there because somebody may see more than nobody. */
  const isForEverybody = ({ view, request, planned }: PlannedStream): boolean =>
    options.isPublic(view, request) && planFor(view.state, request, noGrants) === planned

  const closeTo = (key: string | undefined, share: Share) => {
    if (key !== undefined && joinable.get(key) === share) joinable.delete(key)
  }

  return {
    join(stream, subscriber) {
      const { view, request } = stream
      const isShared = sharing && !isResumable(view.schema, request.document, request.operation)
      const everybody = isShared && isForEverybody(stream)
      const key = isShared
        ? [
            numberOf(view),
            everybody ? 'everybody' : audienceOf(subscriber.caller()),
            request.hash,
            request.operationName ?? '',
            variablesKey(request),
          ].join('\n')
        : undefined
      const known = key === undefined ? undefined : joinable.get(key)
      if (known) return known.join(subscriber)

      const share = openShare(
        {
          stream,
          nobody: everybody ? options.nobody : undefined,
          deadlineMs,
          logger,
          mask: (result) => mask(result, request),
          // It may have begun with how things stand, which whoever comes later has to be told too.
          onEvent: () => everybody || closeTo(key, share),
          onOver() {
            running.delete(share)
            closeTo(key, share)
          },
        },
        subscriber,
      )
      opened += 1
      running.add(share)
      if (key !== undefined) joinable.set(key, share)
      return share.join(subscriber)
    },
    counts() {
      let subscribers = 0
      for (const share of running) subscribers += share.size()
      return { streams: running.size, subscribers, opened }
    },
  }
}

/** Equal for equal values of the variables that the operation declares, whatever the order of their keys. */
function variablesKey({ operation, variables }: SubscriptionRequest): string {
  const declared = (operation.variableDefinitions ?? []).map(({ variable }) => variable.name.value)
  return JSON.stringify(
    declared.map((name) => (Object.hasOwn(variables, name) ? [sorted(variables[name])] : [])),
  )
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, inner]) => [name, sorted(inner)]),
  )
}
