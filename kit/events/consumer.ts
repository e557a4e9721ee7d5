import type { Caller } from '../caller.ts'
import type { Context, DomainRuntime, Transaction } from '../context.ts'
import { createContext } from '../create-context.ts'
import { done } from '../outcome.ts'
import { tellHearing } from './activity.ts'
import type { BatchHandler, Envelope, Handled, Reaction, RunningConsumer, Transport } from './envelope.ts'

/**
 * Starts a domain's reactions. The inbox row (consumer, event id) is written in the transaction of the effect: an
 * event that arrives twice has one effect.
 */
export function startConsumer(
  runtime: DomainRuntime,
  reactions: readonly Reaction[],
  transport: Transport,
): Promise<RunningConsumer> {
  const byName = new Map(reactions.map((reaction) => [reaction.event.name, reaction]))
  const heard = tellHearing(runtime)
  const handle: BatchHandler = async (envelopes) => {
    const handled = await reactToAll(runtime, byName, envelopes)
    if (handled.count > 0) await heard()
    return handled
  }
  return transport.consume(runtime.domain, [...byName.keys()], handle)
}

/** Without an error the next event would count as not tried. */
const nothingThrown = new Error('nothing was thrown')

/** An event with all that is needed to have its effect. */
interface Step {
  envelope: Envelope
  event: Envelope<never>
  reaction: Reaction | undefined
  ctx: Context
  prepared: never
}

/** Nothing further is begun after this: who hands events over holds a transaction open meanwhile, see `lanes.ts`. */
const turnMs = 2_000

/** In their order, as far as they succeed: neighbours with local effects together, everything else alone. */
async function reactToAll(
  runtime: DomainRuntime,
  byName: ReadonlyMap<string, Reaction>,
  envelopes: readonly Envelope[],
): Promise<Handled> {
  const isLocal = (envelope: Envelope) => byName.get(envelope.name)?.isLocal === true
  const until = performance.now() + turnMs
  let count = 0
  while (count < envelopes.length && (count === 0 || performance.now() < until)) {
    const rest = envelopes.slice(count)
    const firstOther = rest.findIndex((envelope) => !isLocal(envelope))
    const together = firstOther < 0 ? rest : rest.slice(0, Math.max(1, firstOther))
    const handled = await react(runtime, byName, together)
    count += handled.count
    if (handled.count < together.length) return { ...handled, count }
  }
  return { count }
}

/** Events have their effects in one transaction, so that a backlog costs fewer round trips. */
async function react(
  runtime: DomainRuntime,
  byName: ReadonlyMap<string, Reaction>,
  envelopes: readonly Envelope[],
): Promise<Handled> {
  const steps: Step[] = []
  for (const envelope of envelopes) {
    try {
      steps.push(await prepare(runtime, byName.get(envelope.name), envelope))
    } catch (error) {
      return applyAll(runtime, steps, { error: error ?? nothingThrown })
    }
  }
  return applyAll(runtime, steps, {})
}

async function prepare(
  runtime: DomainRuntime,
  reaction: Reaction | undefined,
  envelope: Envelope,
): Promise<Step> {
  const caller: Caller = { kind: 'service', service: runtime.domain }
  const ctx = createContext(runtime, { caller, token: '', requestId: envelope.id }, () => undefined)
  const payload = reaction ? reaction.event.payload.parse(envelope.payload) : envelope.payload
  const event = { ...envelope, payload } as Envelope<never>
  const prepared = (await reaction?.prepare?.(ctx, event)) as never
  return { envelope, event, reaction, ctx, prepared }
}

/** @param failure why the event behind these was not even prepared. */
async function applyAll(
  runtime: DomainRuntime,
  steps: readonly Step[],
  failure: Pick<Handled, 'error'>,
): Promise<Handled> {
  const [first] = steps
  if (!first) return { count: 0, ...failure }
  let applied = 0
  try {
    await first.ctx.transaction(`react to ${first.envelope.name}`, async (tx) => {
      applied = 0
      const fresh = await enterInbox(runtime, tx, first.ctx, steps)
      for (const [at, step] of steps.entries()) {
        if (!fresh.has(handledAs(step.envelope))) runtime.tally?.('inboxDuplicate')
        else if (!isVoid(step, steps.slice(at + 1), fresh)) await apply(tx, step)
        applied += 1
      }
      return done(null)
    })
    return { count: steps.length, ...failure }
  } catch (thrown) {
    const error = thrown ?? nothingThrown
    // Those before the one that failed were rolled back with it. When it was the commit, nobody knows which one failed.
    if (applied < steps.length) return applyAll(runtime, steps.slice(0, applied), { error })
    return steps.length === 1 ? { count: 0, error } : applyAll(runtime, steps.slice(0, 1), {})
  }
}

/** @returns under which ids events are handled for the first time. */
async function enterInbox(
  { backbone: { inbox }, domain }: DomainRuntime,
  tx: Transaction,
  ctx: Context,
  steps: readonly Step[],
): Promise<ReadonlySet<string>> {
  const rows = steps.map(({ envelope }) => ({
    consumer: domain,
    eventId: handledAs(envelope),
    handledAt: ctx.now(),
  }))
  const fresh = await tx
    .insert(inbox)
    .values(rows)
    .onConflictDoNothing()
    .returning({ eventId: inbox.eventId })
  return new Set(fresh.map(({ eventId }) => eventId))
}

/** Whether one of those behind it says all that it says, and as new or newer. */
function isVoid(
  { reaction, envelope, event }: Step,
  behind: readonly Step[],
  fresh: ReadonlySet<string>,
): boolean {
  const version = reaction?.snapshotVersion?.(event.payload)
  if (version === undefined) return false
  return behind.some(
    (other) =>
      other.envelope.name === envelope.name &&
      other.envelope.aggregate === envelope.aggregate &&
      (other.envelope.replay === undefined) === (envelope.replay === undefined) &&
      (reaction?.snapshotVersion?.(other.event.payload) ?? 0) >= version &&
      fresh.has(handledAs(other.envelope)),
  )
}

const handledAs = (envelope: Envelope): string => envelope.replay?.copyId ?? envelope.id

async function apply(tx: Transaction, { envelope, event, reaction, ctx, prepared }: Step): Promise<void> {
  if (envelope.replay) await reaction?.rebuild?.(tx, event, ctx, prepared)
  else await reaction?.apply(tx, event, ctx, prepared)
}
