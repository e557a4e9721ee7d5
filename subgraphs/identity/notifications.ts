import { isId } from '@guildhall/kit/ids'
import {
  type AnyNotification,
  defineNotification,
  type NotificationTemplate,
} from '@guildhall/kit/notifications'
import {
  registrationRepeated,
  type SecurityEventKind,
  securityRecorded,
  userRegistered,
} from './contract/events.ts'

/** Everything about the account itself comes, by every way. */
const ofAccount = {
  category: 'ACCOUNT',
  isCritical: true,
  channels: { IN_APP: true, EMAIL: true, PUSH: true },
} as const

/** Where a mail of `domain/mails.ts` says it already, to the address that must hear it: nobody gets two for one act. */
const mailedByUs = { ...ofAccount, channels: { IN_APP: true, PUSH: true } } as const

type Texts = { en: NotificationTemplate; de: NotificationTemplate }

/** Something happened to an account that may be the work of somebody else. */
const security = (
  kind: SecurityEventKind,
  key: `account.${string}`,
  description: string,
  templates: Texts,
  ways: typeof ofAccount | typeof mailedByUs = ofAccount,
): AnyNotification =>
  defineNotification({
    ...ways,
    key,
    description,
    event: securityRecorded,
    when: (payload) => payload.kind === kind,
    recipients: ({ userId }) => ({ userIds: [userId] }),
    facts: ({ userId, actor }) => {
      // Of `usr_a as usr_b` it was `usr_a`.
      const [by = ''] = actor?.split(' ', 1) ?? []
      return { actorId: isId('usr', by) ? by : null, subjectId: userId, variables: {} }
    },
    variables: [],
    templates,
  })

const notYou = {
  en: 'If it was not you, change your password and end all sessions.',
  de: 'Wenn Sie es nicht waren: Ändern Sie Ihr Passwort und beenden Sie alle Sitzungen.',
}
const unlessYou = (en: string, de: string): Texts => ({
  en: { title: en, body: notYou.en },
  de: { title: de, body: notYou.de },
})

export const notifications: readonly AnyNotification[] = [
  defineNotification({
    ...mailedByUs,
    key: 'account.welcome',
    description: 'You have an account from now on.',
    event: userRegistered,
    recipients: ({ userId }) => ({ userIds: [userId] }),
    facts: ({ userId, displayName }) => ({ subjectId: userId, variables: { name: displayName } }),
    variables: ['name'],
    templates: {
      en: { title: 'Welcome to Guildhall, {name}' },
      de: { title: 'Willkommen bei Guildhall, {name}' },
    },
  }),
  defineNotification({
    ...mailedByUs,
    key: 'account.registration_repeated',
    description: 'Somebody tried to register with your address.',
    event: registrationRepeated,
    recipients: ({ userId }) => ({ userIds: [userId] }),
    facts: ({ userId }) => ({ subjectId: userId, variables: {} }),
    variables: [],
    templates: {
      en: {
        title: 'Somebody tried to register with your address',
        body: 'If it was you: you have an account already, just log in. If not, you need not do anything.',
      },
      de: {
        title: 'Jemand wollte sich mit Ihrer Adresse registrieren',
        body: 'Falls Sie es waren: Sie haben schon ein Konto, melden Sie sich einfach an. Sonst ist nichts zu tun.',
      },
    },
  }),
  security(
    'NEW_DEVICE',
    'account.new_device',
    'Somebody logged in from a new device or place.',
    unlessYou('A login from a new device or place', 'Eine Anmeldung von einem neuen Gerät oder Ort'),
  ),
  security('TOKEN_REUSED', 'account.session_ended', 'A session was ended because it may have been copied.', {
    en: {
      title: 'One of your sessions was ended to be safe',
      body: 'Its refresh token was used twice, which happens when it was copied. Log in again.',
      push: { body: 'It may have been copied. Log in again.' },
    },
    de: {
      title: 'Eine Ihrer Sitzungen wurde zur Sicherheit beendet',
      body: 'Ihr Schlüssel wurde zweimal benutzt, was geschieht, wenn er kopiert wurde. Melden Sie sich neu an.',
      push: { body: 'Sie wurde vielleicht kopiert. Melden Sie sich neu an.' },
    },
  }),
  security('LOCKED_OUT', 'account.locked_out', 'Somebody tried too many wrong passwords.', {
    en: {
      title: 'Somebody tried too many wrong passwords',
      body: 'Logins are refused for a while. If it was not you, your password has held; choose a long one.',
    },
    de: {
      title: 'Jemand hat zu viele falsche Passwörter versucht',
      body: 'Anmeldungen werden eine Weile abgelehnt. Wenn Sie es nicht waren, hat Ihr Passwort gehalten.',
    },
  }),
  security(
    'EMAIL_CHANGED',
    'account.email_changed',
    'The account has another e-mail address.',
    unlessYou('Your account has another e-mail address', 'Ihr Konto hat eine andere E-Mail-Adresse'),
    mailedByUs,
  ),
  security(
    'PASSWORD_CHANGED',
    'account.password_changed',
    'The password was changed.',
    unlessYou('Your password was changed', 'Ihr Passwort wurde geändert'),
    mailedByUs,
  ),
  security(
    'PASSWORD_RESET',
    'account.password_reset',
    'The password was set anew by mail.',
    unlessYou(
      'Your password was set anew by way of your e-mail address',
      'Ihr Passwort wurde über Ihre E-Mail-Adresse neu gesetzt',
    ),
    mailedByUs,
  ),
  security(
    'TOTP_ADDED',
    'account.totp_added',
    'An authenticator app was set up.',
    unlessYou('An authenticator app was set up', 'Eine Authenticator-App wurde eingerichtet'),
  ),
  security(
    'TOTP_REMOVED',
    'account.totp_removed',
    'The authenticator app was removed.',
    unlessYou('Your authenticator app was removed', 'Ihre Authenticator-App wurde entfernt'),
  ),
  security(
    'PASSKEY_ADDED',
    'account.passkey_added',
    'A passkey was added.',
    unlessYou('A passkey was added', 'Ein Passkey wurde hinzugefügt'),
  ),
  security(
    'PASSKEY_REMOVED',
    'account.passkey_removed',
    'A passkey was removed.',
    unlessYou('A passkey was removed', 'Ein Passkey wurde entfernt'),
  ),
  security('PASSKEY_CLONED', 'account.passkey_cloned', 'A passkey seems to have been copied.', {
    en: {
      title: 'A passkey of yours seems to have been copied',
      body: 'It was not accepted. Remove it, and add a new one.',
    },
    de: {
      title: 'Einer Ihrer Passkeys scheint kopiert worden zu sein',
      body: 'Er wurde nicht angenommen. Entfernen Sie ihn und fügen Sie einen neuen hinzu.',
    },
  }),
  security(
    'API_KEY_CREATED',
    'account.api_key_created',
    'An API key was made.',
    unlessYou('An API key was made', 'Ein API-Schlüssel wurde erstellt'),
  ),
  security('IMPERSONATION_STARTED', 'account.impersonation_started', 'Support acts in your name.', {
    en: {
      title: 'Somebody who runs the house acts in your name',
      body: 'Why, and what they did, stands in the log of your account.',
    },
    de: {
      title: 'Jemand vom Betrieb handelt in Ihrem Namen',
      body: 'Warum, und was getan wurde, steht im Protokoll Ihres Kontos.',
    },
  }),
  security('ERASURE_REQUESTED', 'account.erasure_requested', 'The account is going to be erased.', {
    en: { title: 'Your account is going to be erased', body: 'Until then you can take it back.' },
    de: { title: 'Ihr Konto wird gelöscht', body: 'Bis dahin können Sie es widerrufen.' },
  }),
]
