import type { Transaction } from '@guildhall/kit/context'
import type { MailMessage } from '@guildhall/kit/mail/message'
import { queueMail } from '@guildhall/kit/mail/queue'
import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { problemsOf } from '@guildhall/kit/validate'
import { eq, sql } from 'drizzle-orm'
import { countCall } from '../accounts/count-call.ts'
import { linkTo } from '../accounts/links.ts'
import { issueToken } from '../accounts/one-time-tokens.ts'
import { pretendMail } from '../accounts/pretend-mail.ts'
import { registrationRepeated, userRegistered } from '../contract.ts'
import { emailAddress, normalizeEmail } from '../domain/email.ts'
import { registrations } from '../domain/lockout.ts'
import { registrationRepeatedMail, verifyEmailMail } from '../domain/mails.ts'
import { profile, profileOf } from '../domain/profile.ts'
import type { RegisterUserInput } from '../generated/graphql.ts'
import type { Ctx } from '../loaders.ts'
import { newPasswordProblems } from '../passwords/new-password.ts'
import { hashPassword } from '../passwords/passwords.ts'
import { mails, passwordCredentials, users } from '../tables.ts'

const repeatedOncePerMs = 60 * 60 * 1000

/**
 * Opens an account and sends a link to verify its address. A taken address takes the same way: the same checks, the same
 * hashing, as many statements, the same answer; the account that has it is told. The unique index decides between rivals.
 */
export async function registerUser(ctx: Ctx, input: RegisterUserInput): Promise<Outcome<boolean>> {
  const { password, displayName, locale, timezone, idempotencyKey } = input
  const email = normalizeEmail(input.email)
  const problems = [
    ...problemsOf(profile.pick(registered).extend({ email: emailAddress }), input),
    ...(await newPasswordProblems(ctx, password, { email, displayName }, ['input', 'password'])),
  ]
  if (problems.length > 0) return failed(...problems)
  // Before anything tells a taken address from a free one.
  await countCall(ctx, registrations)
  const hash = await hashPassword(password)

  return ctx.transaction(
    'registerUser',
    async (tx) => {
      const now = ctx.now()
      const id = ctx.newId('usr')
      const [user] = await tx
        .insert(users)
        .values({
          id,
          email,
          displayName: displayName.trim(),
          locale,
          timezone,
          createdAt: now,
          updatedAt: now,
        })
        .onConflictDoNothing({ target: users.email })
        .returning()
      const owner = user ? null : await noteRepetition(tx, email, now)
      if (user) await tx.insert(passwordCredentials).values({ userId: user.id, hash, changedAt: now })
      // Of a taken address this finds nobody: there is no account of the new id.
      const issued = await issueToken(ctx, tx, eq(users.id, id), 'VERIFY_EMAIL')
      if (user) await tx.emit(userRegistered, profileOf(user))
      if (owner?.isToBeTold) await tx.emit(registrationRepeated, { userId: owner.id })
      const mail = mailTo(email, issued?.token)
      if (user || owner?.isToBeTold) await queueMail(ctx, tx, mails, mail)
      else await pretendMail(ctx, tx, mail.text)
      return done(true)
    },
    {},
    // Strangers share the actor "anonymous", hence the address in the key; and no hash of the password is kept.
    { idempotencyKey: idempotencyKey ? `${email} ${idempotencyKey}` : null },
  )
}

/** What is asked of people at the beginning. */
const registered = { displayName: true, locale: true, timezone: true } as const

const mailTo = (email: string, token: string | undefined): MailMessage =>
  token === undefined
    ? registrationRepeatedMail(email, linkTo('reset-password'))
    : verifyEmailMail(email, linkTo('verify-email', token))

/**
 * The owner is told at most once per hour, so that nobody can flood a stranger's inbox from here. Written is every time,
 * so that the commit costs the same.
 */
async function noteRepetition(tx: Transaction, email: string, now: Date) {
  const before = tx
    .select({ id: users.id, toldAt: sql<Date | null>`${users.registrationRepeatedAt}`.as('told_at') })
    .from(users)
    .where(eq(users.email, email))
    .for('update')
    .as('before')
  const hourAgo = new Date(now.getTime() - repeatedOncePerMs).toISOString()
  const isToBeTold = sql<boolean>`coalesce(${before.toldAt} <= ${hourAgo}::timestamptz, true)`
  const [owner] = await tx
    .update(users)
    .set({
      registrationRepeatedAt: sql`case when ${isToBeTold} then ${now.toISOString()}::timestamptz else ${before.toldAt} end`,
    })
    .from(before)
    .where(eq(users.id, before.id))
    .returning({ id: users.id, isToBeTold })
  return owner ?? null
}
