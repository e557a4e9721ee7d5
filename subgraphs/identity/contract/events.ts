import { defineEvent } from '@guildhall/kit/contract'
import { z } from 'zod'
import { securityEventKinds } from '../domain/security-event-kinds.ts'

/** What other domains are told of a person; never the e-mail address. */
export const userProfile = z.object({
  userId: z.string(),
  displayName: z.string(),
  locale: z.string(),
  timezone: z.string(),
  /** Grows with each change: a projection keeps the highest it has seen. */
  version: z.number().int(),
})

/** Whether an account can be used. */
export const userStatuses = ['PENDING_VERIFICATION', 'ACTIVE', 'SUSPENDED', 'DEACTIVATED', 'ERASED'] as const

const aggregate = ({ userId }: { userId: string }) => userId

export const userRegistered = defineEvent({
  name: 'identity.user.registered',
  version: 1,
  description: 'Somebody has an account from now on.',
  payload: userProfile,
  aggregate,
})

export const userProfileUpdated = defineEvent({
  name: 'identity.user.profile_updated',
  version: 1,
  description: 'A person changed name, language or time zone.',
  payload: userProfile,
  aggregate,
})

export const registrationRepeated = defineEvent({
  name: 'identity.user.registration_repeated',
  version: 1,
  description:
    'Somebody tried to register the address of this account again; at most one per hour and account.',
  payload: z.object({ userId: z.string() }),
  aggregate,
})

export const sessionCreated = defineEvent({
  name: 'identity.session.created',
  version: 1,
  description: 'A person logged in.',
  payload: z.object({ userId: z.string(), sessionId: z.string() }),
  aggregate,
})

export const sessionRevoked = defineEvent({
  name: 'identity.session.revoked',
  version: 1,
  description: 'A session ended before its time; its tokens are worth nothing from now on.',
  payload: z.object({
    userId: z.string(),
    sessionId: z.string(),
    reason: z.enum([
      'LOGOUT',
      'LOGOUT_EVERYWHERE',
      'REFRESH_REUSED',
      'REVOKED',
      'TOO_MANY',
      'PASSWORD_CHANGED',
      'PASSWORD_RESET',
      'SUSPENDED',
      'ERASED',
      'IMPERSONATION_ENDED',
    ]),
  }),
  aggregate,
})

export { type SecurityEventKind, securityEventKinds } from '../domain/security-event-kinds.ts'

export const securityRecorded = defineEvent({
  name: 'identity.security.recorded',
  version: 1,
  description: 'Something happened to an account that its owner and the audit trail want to know.',
  payload: z.object({
    userId: z.string(),
    kind: z.enum(securityEventKinds),
    /** Who did it, as logs of record write it; null: somebody who was not logged in. */
    actor: z.string().nullable(),
    sessionId: z.string().nullable(),
  }),
  aggregate,
})

export const userErased = defineEvent({
  name: 'identity.user.erased',
  version: 1,
  description: 'Every domain has forgotten this person; the id leads to nobody from now on.',
  payload: z.object({ userId: z.string() }),
  aggregate,
})

export const userStatusChanged = defineEvent({
  name: 'identity.user.status_changed',
  version: 1,
  description: 'An account was suspended, left, or let in again.',
  payload: z.object({
    userId: z.string(),
    from: z.enum(userStatuses),
    to: z.enum(userStatuses),
    /** Who did it; null: one of our services. */
    actorId: z.string().nullable(),
  }),
  aggregate,
})
