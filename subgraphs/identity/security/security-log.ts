import { actorOf } from '@guildhall/kit/actor'
import type { Context, Transaction } from '@guildhall/kit/context'
import { type SecurityEventKind, securityRecorded } from '../contract.ts'
import { securityEvents } from '../tables.ts'

/** Something that happened to an account. */
export interface SecurityEntry {
  userId: string
  kind: SecurityEventKind
  /** The session (or key) that it is about; default: the one that calls. */
  sessionId?: string | null
  /** Facts for people; never secrets. */
  details?: Record<string, string | number | boolean>
}

/** Writes it down for the owner of the account, and tells the other domains when the transaction commits. */
export async function recordSecurity(
  ctx: Context,
  tx: Transaction,
  { userId, kind, sessionId = ctx.viewer?.sessionId ?? null, details = {} }: SecurityEntry,
): Promise<void> {
  const actor = actorOf(ctx.caller)
  const { address, userAgent } = ctx.client
  await tx.insert(securityEvents).values({
    id: ctx.newId('sev'),
    userId,
    kind,
    actor,
    sessionId,
    address,
    userAgent,
    details,
    at: ctx.now(),
  })
  await tx.emit(securityRecorded, { userId, kind, actor, sessionId })
}
