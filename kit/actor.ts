import type { Caller } from './caller.ts'

/** How an actor is written into logs of record: a user id, who acts as whom, a service name, or nobody. */
export function actorOf(caller: Caller): string | null {
  if (caller.kind === 'user') {
    return caller.impersonatorId ? `${caller.impersonatorId} as ${caller.userId}` : caller.userId
  }
  return caller.kind === 'service' ? `service:${caller.service}` : null
}
