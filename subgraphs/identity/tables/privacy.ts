import { identified, instant, typeId } from '@guildhall/kit/columns'
import { sql } from 'drizzle-orm'
import { index, integer, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { users } from './accounts.ts'
import { identitySchema } from './schema.ts'

export const dataExportStatus = identitySchema.enum('data_export_status', [
  'REQUESTED',
  'READY',
  'FAILED',
  'EXPIRED',
])
export const erasureStatus = identitySchema.enum('erasure_status', [
  'GRACE',
  'RUNNING',
  'DONE',
  'FAILED',
  'CANCELLED',
])
export const erasureStepStatus = identitySchema.enum('erasure_step_status', ['PENDING', 'DONE'])

/** Everything that the house holds about a person, gathered from all domains. */
export const dataExports = identitySchema.table(
  'data_export',
  {
    ...identified('dex'),
    userId: typeId('usr')
      .notNull()
      .references(() => users.id),
    status: dataExportStatus().notNull().default('REQUESTED'),
    /** JSON, sealed; null until it is ready and after it has expired. */
    content: text(),
    attempts: integer().notNull().default(0),
    availableAt: instant().notNull(),
    createdAt: instant().notNull(),
    readyAt: instant(),
    expiresAt: instant(),
  },
  (t) => [
    uniqueIndex('data_export_one_open').on(t.userId).where(sql`${t.status} = 'REQUESTED'`),
    index('data_export_by_user').on(t.userId, t.createdAt, t.id),
    index('data_export_due').on(t.availableAt).where(sql`${t.status} = 'REQUESTED'`),
  ],
)

/** The removal of a person from all domains. */
export const erasures = identitySchema.table(
  'erasure',
  {
    ...identified('ers'),
    userId: typeId('usr')
      .notNull()
      .references(() => users.id),
    status: erasureStatus().notNull().default('GRACE'),
    createdAt: instant().notNull(),
    /** Until then it can be taken back. */
    runsAt: instant().notNull(),
    startedAt: instant(),
    finishedAt: instant(),
  },
  (t) => [
    uniqueIndex('erasure_one_open').on(t.userId).where(sql`${t.status} in ('GRACE', 'RUNNING', 'FAILED')`),
    index('erasure_due').on(t.runsAt).where(sql`${t.status} in ('GRACE', 'RUNNING')`),
  ],
)

/** One domain's part, and its acknowledgement. */
export const erasureSteps = identitySchema.table(
  'erasure_step',
  {
    erasureId: typeId('ers')
      .notNull()
      .references(() => erasures.id),
    domain: text().notNull(),
    status: erasureStepStatus().notNull().default('PENDING'),
    attempts: integer().notNull().default(0),
    availableAt: instant().notNull(),
    acknowledgedAt: instant(),
    lastError: text(),
  },
  (t) => [primaryKey({ name: 'erasure_step_pk', columns: [t.erasureId, t.domain] })],
)

export type DataExportRow = typeof dataExports.$inferSelect
export type ErasureRow = typeof erasures.$inferSelect
export type ErasureStepRow = typeof erasureSteps.$inferSelect
