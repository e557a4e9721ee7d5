import { loadDefinitions } from '@guildhall/kit/discover'
import { registerConsumers } from '@guildhall/kit/events/mailboxes'
import postgres from 'postgres'

/** Makes every domain's reactions known before the first process of a split house starts. */
export async function registerAllConsumers(databaseUrl: string): Promise<void> {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} })
  try {
    const definitions = await loadDefinitions()
    await registerConsumers(
      sql,
      Object.fromEntries(definitions.map(({ domain, reactions }) => [domain, reactions])),
    )
  } finally {
    await sql.end()
  }
}
