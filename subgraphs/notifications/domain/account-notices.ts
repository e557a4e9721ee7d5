import type { securityRecorded } from '@guildhall/identity/contract'
import { isId } from '@guildhall/kit/ids'
import type { z } from 'zod'
import { byAnother, type Notice, notice } from './notice.ts'
import type { NotificationTypeKey } from './notification-types.ts'

/** To somebody who has an account from now on. */
export const welcome = ({ userId, displayName }: { userId: string; displayName: string }): Notice[] => [
  notice('account.welcome', userId, `Welcome to Guildhall, ${displayName}`, { subjectId: userId }),
]

/** To the owner of an address that somebody tried to register again. */
export const registrationRepeated = ({ userId }: { userId: string }): Notice[] => [
  notice('account.registration_repeated', userId, 'Somebody tried to register with your address', {
    body: 'If it was you: you have an account already, just log in. If not, you need not do anything.',
    subjectId: userId,
  }),
]

type Security = z.infer<typeof securityRecorded.payload>

const notYou = 'If it was not you, change your password and end all sessions.'

/** What of all that happens to an account its owner is told at once; the rest stands in the security log. */
const securityNotices: Readonly<
  Partial<Record<Security['kind'], { type: NotificationTypeKey; title: string; body: string }>>
> = {
  NEW_DEVICE: { type: 'account.new_device', title: 'A login from a new device or place', body: notYou },
  TOKEN_REUSED: {
    type: 'account.session_ended',
    title: 'One of your sessions was ended to be safe',
    body: 'Its refresh token was used twice, which happens when it was copied. Log in again.',
  },
  LOCKED_OUT: {
    type: 'account.locked_out',
    title: 'Somebody tried too many wrong passwords',
    body: 'Logins are refused for a while. If it was not you, your password has held; choose a long one.',
  },
  EMAIL_CHANGED: {
    type: 'account.email_changed',
    title: 'Your account has another e-mail address',
    body: notYou,
  },
  PASSWORD_CHANGED: { type: 'account.password_changed', title: 'Your password was changed', body: notYou },
  PASSWORD_RESET: {
    type: 'account.password_reset',
    title: 'Your password was set anew by way of your e-mail address',
    body: notYou,
  },
  TOTP_ADDED: { type: 'account.totp_added', title: 'An authenticator app was set up', body: notYou },
  TOTP_REMOVED: { type: 'account.totp_removed', title: 'Your authenticator app was removed', body: notYou },
  PASSKEY_ADDED: { type: 'account.passkey_added', title: 'A passkey was added', body: notYou },
  PASSKEY_REMOVED: { type: 'account.passkey_removed', title: 'A passkey was removed', body: notYou },
  PASSKEY_CLONED: {
    type: 'account.passkey_cloned',
    title: 'A passkey of yours seems to have been copied',
    body: 'It was not accepted. Remove it, and add a new one.',
  },
  API_KEY_CREATED: { type: 'account.api_key_created', title: 'An API key was made', body: notYou },
  IMPERSONATION_STARTED: {
    type: 'account.impersonation_started',
    title: 'Somebody who runs the house acts in your name',
    body: 'Why, and what they did, stands in the log of your account.',
  },
  ERASURE_REQUESTED: {
    type: 'account.erasure_requested',
    title: 'Your account is going to be erased',
    body: 'Until then you can take it back.',
  },
}

/** To the owner of an account, about what may be the work of somebody else. */
export function security({ userId, kind, actor }: Security): Notice[] {
  const told = securityNotices[kind]
  if (!told) return []
  // Of `usr_a as usr_b` it was `usr_a`.
  const [by = ''] = actor?.split(' ', 1) ?? []
  const actorId = isId('usr', by) ? byAnother(by, userId) : null
  return [notice(told.type, userId, told.title, { body: told.body, actorId, subjectId: userId })]
}
