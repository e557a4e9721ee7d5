import { openDatabase } from '@guildhall/kit/database'
import { loadDefinitions } from '@guildhall/kit/discover'
import { createTransport, type TransportConfig } from '@guildhall/kit/events/create-transport'
import type { Log } from '@guildhall/kit/log'
import { openSignals } from '@guildhall/kit/signals'

/**
 * Makes every domain's reactions known before the first process of a split house starts: what is published while one of
 * them has not started for the first time would pass it by.
 */
export async function registerAllConsumers(
  databaseUrl: string,
  carrier: TransportConfig,
  log: Log,
): Promise<void> {
  const database = openDatabase(databaseUrl, 2)
  const signals = await openSignals(database.sql, log)
  const transport = createTransport(carrier, database, signals, log)
  try {
    for (const { domain, reactions } of await loadDefinitions()) {
      if (reactions.length > 0)
        await transport.register(
          domain,
          reactions.map(({ event }) => event.name),
        )
    }
  } finally {
    await transport.close()
    await signals.close()
    await database.close()
  }
}
