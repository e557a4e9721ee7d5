import type { OidcIssuer } from '@guildhall/kit/config'
import type { Context, Transaction } from '@guildhall/kit/context'
import { queueMail } from '@guildhall/kit/mail/queue'
import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { and, count, eq } from 'drizzle-orm'
import { linkTo } from '../accounts/links.ts'
import { lockAccount } from '../accounts/lock-account.ts'
import { issueToken } from '../accounts/one-time-tokens.ts'
import contract, { userRegistered } from '../contract.ts'
import { emailAddress, normalizeEmail } from '../domain/email.ts'
import { displayNameFrom, type ExternalClaims, identitiesMax, isLinkable } from '../domain/external-login.ts'
import { verifyEmailMail } from '../domain/mails.ts'
import { profile, profileOf } from '../domain/profile.ts'
import { recordSecurity } from '../security/security-log.ts'
import { type ExternalIdentityRow, externalIdentities, mails, type UserRow, users } from '../tables.ts'

/** Somebody with an account. */
export interface Known {
  kind: 'known'
  user: UserRow
  identity: ExternalIdentityRow
}

/** Who came from an issuer: somebody with an account, or somebody whose address an account has. */
export type Recognised = Known | { kind: 'linkable'; holder: UserRow; email: string }

/**
 * Finds the account of an identity by issuer and subject, which alone name a person for ever, or opens one. An account
 * that merely has the same address is never touched. Of several first logins of one person the unique index on addresses
 * lets one open the account; the others wait for it and find its identity.
 */
export async function recognise(
  ctx: Context,
  tx: Transaction,
  issuer: OidcIssuer,
  claims: ExternalClaims,
): Promise<Outcome<Recognised>> {
  const known = await findIdentity(tx, issuer.issuer, claims.subject)
  if (known) return done(known)
  const email =
    claims.email !== null && emailAddress.safeParse(claims.email).success
      ? normalizeEmail(claims.email)
      : null
  if (email === null) {
    return refused(
      'EXTERNAL_EMAIL_REQUIRED',
      'The issuer tells us no e-mail address of yours: add one there.',
    )
  }
  const user = issuer.provision ? await openAccount(ctx, tx, claims, email) : undefined
  if (user) {
    const identity = await insertIdentity(ctx, tx, user.id, issuer, claims.subject, labelOf(claims))
    return done({ kind: 'known', user, identity })
  }
  const meanwhile = await findIdentity(tx, issuer.issuer, claims.subject)
  if (meanwhile) return done(meanwhile)
  const [holder] = await tx.select().from(users).where(eq(users.email, email))
  if (!holder) {
    return refused(
      'EXTERNAL_ACCOUNT_UNKNOWN',
      'No account is linked with this identity, and none is opened for it.',
    )
  }
  if (isLinkable(claims, holder)) return done({ kind: 'linkable', holder, email })
  return emailConflict
}

/** One answer, whichever side has not verified the address: it says nothing of the account that has it. */
export const emailConflict = refused(
  'EXTERNAL_EMAIL_CONFLICT',
  'This address cannot be used for a new account. If it is yours, log in here or reset your password, and link the identity from your account.',
)

/** What the transaction of {@link recognise} and {@link addIdentity} may trip over. */
export const identityConstraints = {
  external_identity_unique: () =>
    contract.failure('IDENTITY_TAKEN', 'This identity belongs to another account.', ['input']),
}

/** Links an identity to an account; one that is linked to it already stays as it is. */
export async function addIdentity(
  ctx: Context,
  tx: Transaction,
  userId: string,
  issuer: OidcIssuer,
  { subject, label }: { subject: string; label: string },
): Promise<Outcome<ExternalIdentityRow>> {
  // Whoever adds or removes ways to log in holds this lock: see `unlink-external-identity.ts`.
  await lockAccount(tx, userId)
  const known = await findIdentity(tx, issuer.issuer, subject)
  if (known?.user.id === userId) return done(known.identity)
  if (known) return failed(identityConstraints.external_identity_unique())
  const [own] = await tx
    .select({ number: count() })
    .from(externalIdentities)
    .where(eq(externalIdentities.userId, userId))
  if ((own?.number ?? 0) >= identitiesMax) {
    return refused('TOO_MANY_IDENTITIES', `At most ${identitiesMax} identities; part with one first.`)
  }
  return done(await insertIdentity(ctx, tx, userId, issuer, subject, label))
}

/** What the person is shown of the identity. */
export const labelOf = ({ email, names, subject }: ExternalClaims): string =>
  (email ?? names.find((name): name is string => typeof name === 'string' && name !== '') ?? subject).slice(
    0,
    200,
  )

export async function findIdentity(
  db: Context['db'] | Transaction,
  issuer: string,
  subject: string,
): Promise<Known | undefined> {
  const [found] = await db
    .select({ identity: externalIdentities, user: users })
    .from(externalIdentities)
    .innerJoin(users, eq(users.id, externalIdentities.userId))
    .where(and(eq(externalIdentities.issuer, issuer), eq(externalIdentities.subject, subject)))
  return found && { kind: 'known', ...found }
}

/** Undefined when the address is taken. What the issuer has not verified the person is asked to verify here. */
async function openAccount(
  ctx: Context,
  tx: Transaction,
  claims: ExternalClaims,
  email: string,
): Promise<UserRow | undefined> {
  const now = ctx.now()
  const { locale, timezone } = profile.shape
  const [user] = await tx
    .insert(users)
    .values({
      id: ctx.newId('usr'),
      status: claims.isEmailVerified ? 'ACTIVE' : 'PENDING_VERIFICATION',
      email,
      emailVerifiedAt: claims.isEmailVerified ? now : null,
      displayName: displayNameFrom(claims.names),
      locale: locale.safeParse(claims.locale).data ?? 'en',
      timezone: timezone.safeParse(claims.timezone).data ?? 'UTC',
      createdAt: now,
      updatedAt: now,
    })
    .onConflictDoNothing({ target: users.email })
    .returning()
  if (!user) return undefined
  await tx.emit(userRegistered, profileOf(user))
  const issued = claims.isEmailVerified
    ? null
    : await issueToken(ctx, tx, eq(users.id, user.id), 'VERIFY_EMAIL')
  if (issued) await queueMail(ctx, tx, mails, verifyEmailMail(email, linkTo('verify-email', issued.token)))
  return user
}

async function insertIdentity(
  ctx: Context,
  tx: Transaction,
  userId: string,
  issuer: OidcIssuer,
  subject: string,
  label: string,
): Promise<ExternalIdentityRow> {
  const now = ctx.now()
  const [identity] = await tx
    .insert(externalIdentities)
    .values({
      id: ctx.newId('xid'),
      userId,
      issuer: issuer.issuer,
      subject,
      label,
      createdAt: now,
      lastUsedAt: now,
    })
    .returning()
  if (!identity) throw new Error('insert returned nothing')
  await recordSecurity(ctx, tx, { userId, kind: 'IDENTITY_LINKED', details: { issuer: issuer.name } })
  return identity
}

function refused(
  code:
    | 'EXTERNAL_EMAIL_REQUIRED'
    | 'EXTERNAL_ACCOUNT_UNKNOWN'
    | 'EXTERNAL_EMAIL_CONFLICT'
    | 'TOO_MANY_IDENTITIES',
  message: string,
) {
  return failed(contract.failure(code, message, ['input']))
}
