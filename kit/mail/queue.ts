import type { Context, Transaction } from '../context.ts'
import { newId, uuidOf } from '../ids.ts'
import { insertRows } from '../insert-rows.ts'
import { checkedMessage, type MailMessage } from './message.ts'
import type { MailTable } from './tables.ts'

/** Signal: mails of the domain that is the key wait. */
export const mailSignal = 'mail'

/** Where the vault knows a mail by. */
export const mailPlace = (domain: string, { id }: { id: string }): string => `${domain}.mail.sealed:${id}`

/**
 * Sends a mail if and only if this transaction commits. It leaves soon after, at least once: a process that dies between
 * handing it over and noting that sends it again.
 *
 * @param table the domain's own, as declared in `defineSubgraph({ mail })`.
 * @throws Error when the recipient is not an address, or a header is not for callers.
 */
export async function queueMail(
  ctx: Context,
  tx: Transaction,
  table: MailTable,
  message: MailMessage,
): Promise<void> {
  await tx.insert(table).values(sealedMail(ctx, message))
  tx.afterCommit(() => ctx.signals.send(mailSignal, [ctx.domain]))
}

/** The same for many mails, with one statement however many they are. */
export async function queueMails(
  ctx: Context,
  tx: Transaction,
  table: MailTable,
  messages: readonly MailMessage[],
): Promise<void> {
  if (messages.length === 0) return
  const rows = messages.map((message) => sealedMail(ctx, message))
  await tx.execute(insertRows(table, rows))
  tx.afterCommit(() => ctx.signals.send(mailSignal, [ctx.domain]))
}

function sealedMail(ctx: Context, message: MailMessage) {
  // Ordered by the time they are made, unlike random ones.
  const id = uuidOf('mail', newId('mail'))
  const now = ctx.now()
  return {
    id,
    sealed: ctx.vault.seal(JSON.stringify(checkedMessage(message)), mailPlace(ctx.domain, { id })),
    availableAt: now,
    createdAt: now,
  }
}
