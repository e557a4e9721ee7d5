import { anyOf } from '@guildhall/kit/any-of'
import type { Transaction } from '@guildhall/kit/context'
import type { OrderKey } from '@guildhall/kit/paging'
import { and, eq, inArray, type SQL } from 'drizzle-orm'
import type { AnnouncementRecipientFilter } from '../generated/graphql.ts'
import { announcementRecipients, type LedgerRow } from '../tables.ts'

/** What became of a page of recipients. */
export interface Settled {
  sent: string[]
  suppressed: string[]
  failed: string[]
}

/** In the order in which they are dealt with. */
export const byRecipient: OrderKey<LedgerRow>[] = [
  { column: announcementRecipients.userId, direction: 'ASC', value: (row) => row.userId },
]

/** The conditions of a filter. */
export const recipientsMatching = (filter: AnnouncementRecipientFilter | null): SQL | undefined =>
  filter?.status == null ? undefined : inArray(announcementRecipients.status, filter.status)

/** Writes down what became of a page. */
export async function settle(
  tx: Transaction,
  announcementId: string,
  { sent, suppressed, failed }: Settled,
  now: Date,
): Promise<void> {
  await mark(tx, announcementId, sent, { status: 'SENT', reason: null, settledAt: now })
  await mark(tx, announcementId, suppressed, { status: 'SUPPRESSED', reason: 'PREFERENCE', settledAt: now })
  await mark(tx, announcementId, failed, { status: 'FAILED', reason: null, settledAt: now })
}

async function mark(
  tx: Transaction,
  announcementId: string,
  userIds: readonly string[],
  change: Pick<LedgerRow, 'status' | 'reason' | 'settledAt'>,
): Promise<void> {
  if (userIds.length === 0) return
  await tx
    .update(announcementRecipients)
    .set(change)
    .where(
      and(
        eq(announcementRecipients.announcementId, announcementId),
        anyOf(announcementRecipients.userId, userIds),
      ),
    )
}

/** Those who could not be given it wait for it again. */
export async function failedAgainPending(tx: Transaction, announcementId: string): Promise<void> {
  await tx
    .update(announcementRecipients)
    .set({ status: 'PENDING', reason: null, settledAt: null })
    .where(
      and(
        eq(announcementRecipients.announcementId, announcementId),
        eq(announcementRecipients.status, 'FAILED'),
      ),
    )
}
