import { defineEvent } from '@guildhall/kit/contract'
import { z } from 'zod'

/** What a machine can be in its organization: never OWNER. */
export const serviceAccountRoles = [
  'ADMIN',
  'BILLING',
  'ORGANIZER',
  'MANAGER',
  'TECHNICIAN',
  'BUYER',
  'FULFILLER',
  'OFFICER',
  'MEMBER',
  'GUEST',
] as const

const serviceAccount = z.object({
  serviceAccountId: z.string(),
  /** The account that it acts with. */
  userId: z.string(),
  organizationId: z.string(),
})

export const serviceAccountCreated = defineEvent({
  name: 'identity.service_account.created',
  version: 1,
  description: 'An organization has a new machine: it belongs to the organization from now on.',
  payload: serviceAccount.extend({
    name: z.string(),
    role: z.enum(serviceAccountRoles),
    actorId: z.string(),
  }),
  aggregate: ({ userId }) => userId,
})

export const serviceAccountDeleted = defineEvent({
  name: 'identity.service_account.deleted',
  version: 1,
  description:
    'A machine was removed, or ended with its organization: it belongs to the organization no longer.',
  payload: serviceAccount.extend({
    /** Who did it; null: it ended with the organization. */
    actorId: z.string().nullable(),
  }),
  aggregate: ({ userId }) => userId,
})
