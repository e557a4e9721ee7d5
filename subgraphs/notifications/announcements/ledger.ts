import { anyOf } from '@guildhall/kit/any-of'
import type { Transaction } from '@guildhall/kit/context'
import type { OrderKey } from '@guildhall/kit/paging'
import { and, eq, inArray, type SQL } from 'drizzle-orm'
import type { SkipReason } from '../domain/verdict.ts'
import type { AnnouncementRecipientFilter } from '../generated/graphql.ts'
import { announcementRecipients, type LedgerRow } from '../tables.ts'

/** What became of a page of recipients. */
export interface Settled {
  sent: string[]
  suppressed: string[]
  failed: string[]
  /** Why some do not have it in their inbox: those who are suppressed, and those to whom it goes by other ways alone. */
  reasons: Map<string, SkipReason>
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
  { sent, suppressed, failed, reasons }: Settled,
  now: Date,
): Promise<void> {
  const mark = async (status: LedgerRow['status'], userIds: readonly string[]) => {
    for (const [reason, alike] of Map.groupBy(userIds, (userId) => reasons.get(userId) ?? null)) {
      await change(tx, announcementId, alike, { status, reason, settledAt: now })
    }
  }
  await mark('SENT', sent)
  await mark('SUPPRESSED', suppressed)
  await mark('FAILED', failed)
}

async function change(
  tx: Transaction,
  announcementId: string,
  userIds: readonly string[],
  to: Pick<LedgerRow, 'status' | 'reason' | 'settledAt'>,
): Promise<void> {
  await tx
    .update(announcementRecipients)
    .set(to)
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
