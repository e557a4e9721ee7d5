import type { Transaction } from '@guildhall/kit/context'
import type { Failure } from '@guildhall/kit/outcome'
import contract from './contract.ts'
import { type EventRow, events } from './tables.ts'

/** Writes an event under the first of these slugs that no other has; null when all are taken. */
export async function insertEvent(
  tx: Transaction,
  event: Omit<typeof events.$inferInsert, 'slug'>,
  slugs: readonly string[],
): Promise<EventRow | null> {
  for (const slug of slugs) {
    const [row] = await tx
      .insert(events)
      .values({ ...event, slug })
      .onConflictDoNothing({ target: events.slug })
      .returning()
    if (row) return row
  }
  return null
}

export const slugTaken = (): Failure =>
  contract.failure('SLUG_TAKEN', 'Another event has this slug.', ['input', 'slug'])
