import { HouseError } from '@guildhall/kit/errors'
import type { ExecutionResult } from 'graphql'
import type { ResolvedCaller } from '../execution/request-context.ts'
import { openScope, type RequestScope } from '../execution/request-scope.ts'
import type { ExecutionLogger } from '../execution/run-operation.ts'
import { audienceOf } from './audience.ts'
import { lostParts, openUpstream, type PlannedStream, runEvent } from './subscriptions.ts'

/** One who gets a stream, over whatever transport. */
export interface Subscriber {
  /** Asked for each event: rights may have changed since the last. */
  caller(): ResolvedCaller
  /** Takes one result as JSON text. Never waits: who does not read is cut by its transport. */
  next(payload: string): void
  /** Undefined, or what resolves when the client has read what it was given. */
  taken(): Promise<void> | undefined
  /** The stream is over, with an error or without. Not called after the subscriber has left. */
  end(error?: unknown): void
}

/** One stream at a subgraph, one execution and one serialization per event, for everybody who is sent the same. */
export interface Share {
  /** @returns a function that leaves; the last one to leave ends the stream. */
  join(subscriber: Subscriber): () => void
  size(): number
}

export interface ShareOptions {
  stream: PlannedStream
  /** In whose name a stream for everybody is opened and run; undefined: in that of its subscribers. */
  nobody: (() => Promise<ResolvedCaller>) | undefined
  deadlineMs: number
  logger: ExecutionLogger
  /** Result → what a client may see of it. */
  mask(result: ExecutionResult): ExecutionResult
  /** Something has come: who joins from now on does not get it. */
  onEvent(): void
  /** Nobody may join any more. */
  onOver(): void
}

/** Opens a stream for a first subscriber. */
export function openShare(options: ShareOptions, first: Subscriber): Share {
  const { stream, nobody, deadlineMs, logger, mask } = options
  const members = new Set<Subscriber>([first])
  let events: AsyncIterableIterator<ExecutionResult> | undefined
  let scope: RequestScope | undefined
  let over = false
  let goOn = () => {}

  const finish = (error?: unknown) => {
    if (over) return
    over = true
    options.onOver()
    scope?.abandon()
    void events?.return?.().catch(() => {})
    goOn()
    const left = [...members]
    members.clear()
    for (const member of left) member.end(error)
  }
  const leave = (member: Subscriber) => {
    members.delete(member)
    if (members.size === 0) finish()
    else goOn()
  }
  const dismiss = (member: Subscriber, error: unknown) => {
    if (!members.has(member)) return
    leave(member)
    member.end(error)
  }

  /** Runs the plan in the name of the first of a group who is still let in; the others are not. */
  const runFor = async (group: readonly Subscriber[], event: ExecutionResult, within: RequestScope) => {
    if (nobody) return runEvent(stream, event, await nobody(), within, logger)
    for (const member of group) {
      const caller = member.caller()
      try {
        if (stream.isHydrated) await caller.signedContext()
      } catch (error) {
        if (!isRefusal(error)) throw error
        dismiss(member, error)
        continue
      }
      return runEvent(stream, event, caller, within, logger)
    }
    return undefined
  }
  const deliver = async (event: ExecutionResult) => {
    const groups = nobody ? [[...members]] : byAudience(stream, members, dismiss)
    scope = openScope(deadlineMs)
    try {
      for (const [index, group] of groups.entries()) {
        // The gateway writes into the event while it hydrates it.
        const own = index === groups.length - 1 ? event : structuredClone(event)
        const result = await runFor(group, own, scope)
        if (over || !result) continue
        const payload = JSON.stringify(mask(result))
        for (const member of group) if (members.has(member)) member.next(payload)
      }
    } finally {
      scope.end()
    }
  }
  /** A stream for one is read no faster than its reader reads; one for many waits for nobody. */
  const untilTaken = async () => {
    const [only] = members
    const taken = members.size === 1 ? only?.taken() : undefined
    if (!taken) return
    await new Promise<void>((resolve) => {
      goOn = resolve
      taken.then(resolve, resolve)
    })
  }
  const follow = async () => {
    const opened = await openUpstream(stream, nobody ? await nobody() : first.caller())
    if (over) return void opened.return?.()
    events = opened
    while (!over) {
      const { done, value } = await opened.next()
      if (over) return
      if (done) return finish()
      options.onEvent()
      await deliver(value)
      await untilTaken()
    }
  }
  follow().catch(finish)

  return {
    join(subscriber) {
      members.add(subscriber)
      goOn()
      return () => leave(subscriber)
    },
    size: () => members.size,
  }
}

/** Those who were one audience when they joined may have become several. Who may see less than then is sent away. */
function byAudience(
  stream: PlannedStream,
  members: ReadonlySet<Subscriber>,
  dismiss: (member: Subscriber, error: unknown) => void,
): Subscriber[][] {
  const groups = new Map<string, Subscriber[]>()
  for (const member of members) {
    const caller = member.caller()
    const [lost] = lostParts(stream, caller)
    if (lost) {
      dismiss(member, lost)
      continue
    }
    const audience = audienceOf(caller)
    const group = groups.get(audience)
    if (group) group.push(member)
    else groups.set(audience, [member])
  }
  return [...groups.values()]
}

const isRefusal = (error: unknown): boolean =>
  error instanceof HouseError && error.extensions.code === 'UNAUTHENTICATED'
