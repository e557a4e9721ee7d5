import { sql } from 'drizzle-orm'
import { index, integer, type PgSchema, text, uuid } from 'drizzle-orm/pg-core'
import { instant } from '../columns.ts'

/** Mails of a domain that wait to be sent: written in the transaction of the command that wants them sent. */
export const mailTable = (schema: PgSchema) =>
  schema.table(
    'mail',
    {
      id: uuid().primaryKey().notNull(),
      /** The whole message with its recipient, sealed: links in mails are as good as passwords. Null once it is over. */
      sealed: text(),
      attempts: integer().notNull().default(0),
      /** Not before this; a sender that takes the mail pushes it ahead, so that another one takes over if it dies. */
      availableAt: instant().notNull(),
      createdAt: instant().notNull(),
      sentAt: instant(),
      /** When it was given up. */
      failedAt: instant(),
      lastError: text(),
    },
    (t) => [index('mail_due').on(t.availableAt).where(sql`${t.sentAt} is null and ${t.failedAt} is null`)],
  )

export type MailTable = ReturnType<typeof mailTable>
