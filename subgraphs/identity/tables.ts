import { backboneTables } from '@guildhall/kit/events/tables'
import { mailTable } from '@guildhall/kit/mail/tables'
import { identitySchema } from './tables/schema.ts'

export * from './tables/accounts.ts'
export * from './tables/external.ts'
export * from './tables/factors.ts'
export * from './tables/keys.ts'
export * from './tables/machines.ts'
export * from './tables/privacy.ts'
export * from './tables/schema.ts'
export * from './tables/security.ts'
export * from './tables/sessions.ts'

export const backbone = backboneTables(identitySchema)
export const { outbox, inbox, idempotency } = backbone
export const mails = mailTable(identitySchema)
