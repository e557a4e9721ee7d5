import type { RecipientRow } from '../tables.ts'

/** How many notifications somebody has, by where they stand. */
export type InboxCounts = Pick<RecipientRow, 'unseen' | 'unread' | 'archived' | 'snoozed'>

/** Of somebody who was never told anything. */
export const noCounts: InboxCounts = { unseen: 0, unread: 0, archived: 0, snoozed: 0 }

/** The counts of a head, without the rest of it. */
export const countsOf = ({ unseen, unread, archived, snoozed }: InboxCounts): InboxCounts => ({
  unseen,
  unread,
  archived,
  snoozed,
})
