import type { Caller } from '../caller.ts'
import type { DomainRuntime } from '../context.ts'
import { createContext } from '../create-context.ts'
import { done } from '../outcome.ts'
import type { Envelope, Reaction, RunningConsumer, Transport } from './envelope.ts'

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
  return transport.consume(runtime.domain, [...byName.keys()], async (envelope) => {
    const reaction = byName.get(envelope.name)
    if (reaction) await react(runtime, reaction, envelope)
  })
}

async function react(runtime: DomainRuntime, reaction: Reaction, envelope: Envelope): Promise<void> {
  const caller: Caller = { kind: 'service', service: runtime.domain }
  const ctx = createContext(runtime, { caller, token: '', requestId: envelope.id }, () => undefined)
  const event = { ...envelope, payload: reaction.event.payload.parse(envelope.payload) } as Envelope<never>
  const prepared = (await reaction.prepare?.(ctx, event)) as never
  await ctx.transaction(`react to ${envelope.name}`, async (tx) => {
    const fresh = await tx
      .insert(runtime.backbone.inbox)
      .values({ consumer: runtime.domain, eventId: envelope.id, handledAt: ctx.now() })
      .onConflictDoNothing()
      .returning({ eventId: runtime.backbone.inbox.eventId })
    if (fresh.length === 0) runtime.tally?.('inboxDuplicate')
    else await reaction.apply(tx, event, ctx, prepared)
    return done(null)
  })
}
