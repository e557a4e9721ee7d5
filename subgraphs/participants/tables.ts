import { backboneTables } from '@guildhall/kit/events/tables'
import { mailTable } from '@guildhall/kit/mail/tables'
import { objectRoles } from '@guildhall/kit/object-roles'
import { participantsSchema } from './tables/schema.ts'

export * from './tables/answers.ts'
export * from './tables/check-in.ts'
export * from './tables/decisions.ts'
export * from './tables/event-seats.ts'
export * from './tables/forms.ts'
export * from './tables/invitations.ts'
export * from './tables/registrations.ts'
export * from './tables/schema.ts'

export const backbone = backboneTables(participantsSchema)
export const { outbox, inbox, idempotency } = backbone
export const mails = mailTable(participantsSchema)

/** Who helps with which event, as events tell. */
export const eventRoles = objectRoles(participantsSchema, 'event_role', 'evt')
