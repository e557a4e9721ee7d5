import type { DomainRuntime } from '../context.ts'

/** One row per domain: written this often, not with every event. */
const everyMs = 5_000

/** Makes known what carries the events of a domain. */
export async function tellTransport({ domain, database }: DomainRuntime, transport: string): Promise<void> {
  await database.sql`
    insert into bus.activity (domain, transport) values (${domain}, ${transport})
    on conflict (domain) do update set transport = excluded.transport`
}

/** @returns what to call after an event was handled, so that operators see that the domain hears. */
export function tellHearing({ domain, database, log }: DomainRuntime): () => Promise<void> {
  let told = Number.NEGATIVE_INFINITY
  return async () => {
    if (performance.now() - told < everyMs) return
    told = performance.now()
    try {
      await database.sql`update bus.activity set heard_at = now() where domain = ${domain}`
    } catch (error) {
      // The event was handled all the same.
      log.warn({ err: error }, 'not told that an event was heard')
    }
  }
}
