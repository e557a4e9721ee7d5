import { defineContract } from '@guildhall/kit/contract'
import { everyProduct } from '@guildhall/kit/products'
import {
  registrationRepeated,
  securityRecorded,
  sessionCreated,
  sessionRevoked,
  userErased,
  userProfileUpdated,
  userRegistered,
  userStatusChanged,
} from './contract/events.ts'
import { serviceAccountCreated, serviceAccountDeleted } from './contract/machine-events.ts'
import { notifications } from './notifications.ts'

export * from './contract/events.ts'
export * from './contract/machine-events.ts'

export default defineContract({
  domain: 'identity',
  products: everyProduct,
  ids: {
    usr: 'User',
    dex: 'DataExport',
    ers: 'Erasure',
    key: 'ApiKey',
    ses: 'Session',
    sev: 'SecurityEvent',
    sva: 'ServiceAccount',
  },
  permissions: {
    'service-accounts:manage': {
      description: 'Make and remove the service accounts of an organization, and their keys.',
      heldBy: ['OWNER', 'ADMIN'],
    },
    'users:read': {
      description: 'See all accounts and what happened to them.',
      heldBy: [],
      heldByPlatform: ['ADMIN', 'SUPPORT'],
    },
    'users:manage': {
      description: 'Suspend and reactivate accounts and name platform roles.',
      heldBy: [],
      heldByPlatform: ['ADMIN'],
    },
    'users:impersonate': {
      description: 'Look at the house as somebody else, for a stated reason and a short time.',
      heldBy: [],
      heldByPlatform: ['ADMIN', 'SUPPORT'],
    },
    'keys:manage': {
      description: 'Rotate and revoke the keys that sign access tokens.',
      heldBy: [],
      heldByPlatform: ['ADMIN'],
    },
  },
  events: [
    userRegistered,
    userProfileUpdated,
    registrationRepeated,
    sessionCreated,
    sessionRevoked,
    securityRecorded,
    userErased,
    userStatusChanged,
    serviceAccountCreated,
    serviceAccountDeleted,
  ],
  notifications,
  codes: {
    INVALID_EMAIL: 'Not an e-mail address.',
    INVALID_PHONE: 'Not a telephone number with its country, such as +41 44 123 45 67.',
    INVALID_JSON: 'Not JSON text.',
    INVALID_LOCALE: 'Not a language tag such as de-CH.',
    INVALID_TIMEZONE: 'Not an IANA time zone.',
    PASSWORD_TOO_SHORT: 'The password has fewer than 12 characters.',
    PASSWORD_TOO_LONG: 'The password has more than 128 characters.',
    PASSWORD_CONTAINS_IDENTITY: 'The password contains the name of the person or of the e-mail address.',
    PASSWORD_BREACHED:
      'The password is common, or known from a breach: it is among those that are tried first.',
    PASSWORD_REUSED: 'The password is one of the last five.',
    ACCOUNT_SUSPENDED: 'The account cannot be used; ask those who run the house.',
    LAST_ADMIN: 'The house keeps at least one administrator; name another one first.',
    ERASURE_BLOCKED: 'Something has to be settled before the person can be forgotten; `blockers` says what.',
    EMAIL_ALREADY_VERIFIED: 'The e-mail address is verified; there is nothing to send.',
    EMAIL_UNCHANGED: 'The new e-mail address is the present one.',
    EMAIL_TAKEN: 'Another account has this address. Told only to who has shown to read it.',
    TOO_MANY_PREFERENCES: 'A person keeps at most 50 settings.',
    EMAIL_NOT_VERIFIED: 'Verify your e-mail address first.',
    ACCOUNT_LOCKED:
      'Too many failed attempts; wait for `retryAfterSeconds`. Says nothing about whether the account exists.',
    INVALID_CREDENTIALS: 'No account has this address and password; which of them is wrong is not told.',
    MFA_INVALID:
      'The proof is not good; a few wrong ones in a row lock all proofs of the account for a while.',
    MFA_LOCKED: 'Too many wrong proofs: none is looked at before a while has passed.',
    MFA_REPLAYED: 'The code was used before, and is good once; wait for the next one.',
    MFA_REQUIRED: 'The account has a second factor, which has to be shown instead of the password.',
    PASSKEY_INVALID: 'The passkey opens nothing here; why is not told.',
    PASSKEY_CHALLENGE_EXPIRED:
      'The answer of the authenticator came too late, or a second time; begin again.',
    PASSKEY_TAKEN: 'The passkey is registered already.',
    TOO_MANY_PASSKEYS: 'An account can have 20 passkeys at most; remove one first.',
    SECOND_FACTOR_MISSING: 'The account has no second factor that the codes could stand in for.',
    TOKEN_INVALID:
      'The token is unknown or spent, what it belonged to is over, or a later one has taken its place.',
    TOKEN_EXPIRED: 'The token is too old: log in again, or ask for another mail.',
    TOKEN_USED: 'The link from a mail was used before.',
    SIGNING_KEY_NOT_READY:
      'The next signing key was published less than ten minutes ago: routers may not know it yet.',
    SCOPE_UNKNOWN: 'There is no such permission.',
    SCOPE_NOT_GRANTED: 'The owner of the key, or the key, does not have this permission.',
    INVALID_ADDRESS: 'Not an IP address or a network in CIDR notation.',
    TOO_MANY_KEYS: 'An account can have 50 keys at most; revoke one first.',
    KEY_NOT_ACTIVE: 'The key was revoked or has expired.',
    KEY_REPLACED: 'The key has been replaced already.',
    INVALID_CLIENT: 'No key of this client is as the secret says; which of them is wrong is not told.',
    SERVICE_ACCOUNT_NOT_ADMITTED:
      'The organization has not admitted the service account (yet); try again in a moment.',
    ROLE_ESCALATION: 'The machine would hold permissions that you do not hold.',
    NAME_TAKEN: 'Another one in the organization has this name.',
    NOT_YOURSELF: 'Nobody can do this to themselves.',
    NOT_IMPERSONABLE:
      'Nobody acts in the name of machines, of accounts that cannot be used, or of those who run the house.',
    REFRESH_REUSED: 'The refresh token was spent before; its session was ended to be safe. Log in again.',
    ISSUER_UNKNOWN: 'No such issuer is trusted here, or the answer is not that of the one that was asked.',
    REDIRECT_NOT_ALLOWED: 'The address is not one that an external login may come back to.',
    STATE_MISMATCH:
      'The way back is not that of an external login which began in this browser, was used, or took too long.',
    NONCE_MISMATCH: 'What the issuer has signed was made for another login; begin again.',
    EXTERNAL_LOGIN_FAILED: 'The issuer did not confirm the login; begin again.',
    EXTERNAL_EMAIL_REQUIRED:
      'The issuer tells no e-mail address of the person, and there is no account without.',
    EXTERNAL_EMAIL_CONFLICT:
      'The address cannot be used for a new account: log in here (or reset the password) and link the identity there.',
    EXTERNAL_ACCOUNT_UNKNOWN:
      'No account is linked with the identity, and the issuer is configured not to open one.',
    IDENTITY_TAKEN: 'The identity belongs to another account.',
    TOO_MANY_IDENTITIES: 'An account has at most 10 identities.',
    LAST_LOGIN_METHOD: 'Without it the person could not log in any more.',
  },
})
