import { defineContract, defineEvent } from '@guildhall/kit/contract'
import { z } from 'zod'

/** What other domains are told of a person; never the e-mail address. */
export const userProfile = z.object({
  userId: z.string(),
  displayName: z.string(),
  locale: z.string(),
  timezone: z.string(),
  /** Grows with each change: a projection keeps the highest it has seen. */
  version: z.number().int(),
})

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
    reason: z.enum(['LOGOUT', 'LOGOUT_EVERYWHERE', 'REFRESH_REUSED']),
  }),
  aggregate,
})

export default defineContract({
  domain: 'identity',
  ids: { usr: 'User' },
  permissions: {},
  events: [userRegistered, userProfileUpdated, registrationRepeated, sessionCreated, sessionRevoked],
  codes: {
    INVALID_EMAIL: 'Not an e-mail address.',
    INVALID_LOCALE: 'Not a language tag such as de-CH.',
    INVALID_TIMEZONE: 'Not an IANA time zone.',
    PASSWORD_TOO_SHORT: 'The password has fewer than 12 characters.',
    PASSWORD_TOO_LONG: 'The password has more than 128 characters.',
    PASSWORD_CONTAINS_IDENTITY: 'The password contains the name of the e-mail address.',
    INVALID_CREDENTIALS: 'No account has this address and password; which of them is wrong is not told.',
    TOKEN_INVALID: 'The refresh token is unknown, or its session has ended; log in again.',
    TOKEN_EXPIRED: 'The refresh token is too old; log in again.',
    REFRESH_REUSED: 'The refresh token was spent before; its session was ended to be safe. Log in again.',
  },
})
