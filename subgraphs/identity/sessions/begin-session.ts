import type { Context, Transaction } from '@guildhall/kit/context'
import { Conflict } from '@guildhall/kit/errors'
import type { Failure } from '@guildhall/kit/outcome'
import { and, asc, eq, gt, inArray, isNull, sql } from 'drizzle-orm'
import { lockAccount } from '../accounts/lock-account.ts'
import contract, { sessionCreated } from '../contract.ts'
import { deviceLabel } from '../domain/device.ts'
import { networkOf } from '../domain/lockout.ts'
import { daysAfter, hashOf, randomToken, refreshTokenDays, sessionDays } from '../domain/refresh-token.ts'
import { isUsable } from '../domain/user-status.ts'
import type { LoginChallenge, SessionTokens } from '../generated/graphql.ts'
import { recordSecurity } from '../security/security-log.ts'
import { settings } from '../settings.ts'
import {
  type AuthenticationMethod,
  refreshTokens,
  type SessionRow,
  securityEvents,
  sessions,
  type UserRow,
} from '../tables.ts'
import { issueSessionToken } from './access-token.ts'
import { isLive, revokeSessions } from './revoke-sessions.ts'

/** Where a login stands: a session has begun, or a second proof is wanted. */
export type Admission =
  | { kind: 'session'; user: UserRow; session: SessionRow; refreshToken: string }
  | { kind: 'challenge'; user: UserRow; challenge: LoginChallenge }

/** What a client is told of an admission. */
export interface Login {
  user: UserRow
  tokens: SessionTokens | null
  challenge: LoginChallenge | null
}

/** A person has so many live sessions at most; the oldest gives way to the newest. */
export const sessionsMax = 50

/**
 * Begins a session for somebody who has proved who they are, as strongly as the account allows. Logins of one person
 * stand in line at the account: none counts sessions while another begins one.
 */
export async function beginSession(
  ctx: Context,
  tx: Transaction,
  user: UserRow,
  methods: AuthenticationMethod[],
): Promise<Extract<Admission, { kind: 'session' }>> {
  const now = ctx.now()
  const refreshToken = randomToken()
  const { address, userAgent } = ctx.client
  const [device, network] = [deviceLabel(userAgent), networkOf(address)]
  const account = await lockAccount(tx, user.id)
  // Somebody was faster: the account was suspended since the proof was asked for.
  if (!account || !isUsable(account)) throw new Conflict('The account was changed meanwhile, try again.')
  const before = await loginsBefore(tx, user.id, device, network, now)
  if (before.liveCount >= sessionsMax) await giveWay(ctx, tx, user.id, before.liveCount - sessionsMax + 1)
  const [session] = await tx
    .insert(sessions)
    .values({
      id: ctx.newId('ses'),
      userId: user.id,
      createdAt: now,
      lastUsedAt: now,
      expiresAt: daysAfter(now, sessionDays),
      label: device,
      device,
      userAgent,
      address,
      network,
      methods,
      steppedUpAt: now,
    })
    .returning()
  if (!session) throw new Error('insert returned nothing')
  await tx.insert(refreshTokens).values({
    id: ctx.newId('rft'),
    sessionId: session.id,
    hash: hashOf(refreshToken),
    nonce: randomToken(),
    issuedAt: now,
    expiresAt: daysAfter(now, refreshTokenDays),
  })
  await tx.emit(sessionCreated, { userId: user.id, sessionId: session.id })
  await recordSecurity(ctx, tx, {
    userId: user.id,
    kind: 'LOGGED_IN',
    sessionId: session.id,
    details: { methods: methods.join(' ') },
  })
  if (before.hasLoggedIn && !before.isKnownDevice) {
    await recordSecurity(ctx, tx, { userId: user.id, kind: 'NEW_DEVICE', sessionId: session.id })
  }
  return { kind: 'session', user, session, refreshToken }
}

interface LoginsBefore {
  liveCount: number
  /** Whether there was any login before this one. */
  hasLoggedIn: boolean
  /** Whether the person logged in from such a device and network within the life of a session. */
  isKnownDevice: boolean
}

async function loginsBefore(
  tx: Transaction,
  userId: string,
  device: string,
  network: string | null,
  now: Date,
): Promise<LoginsBefore> {
  const [found] = await tx.execute<{ live: number; logged_in: boolean; known: boolean }>(sql`
    select
      (${tx
        .select({ count: sql`count(*)::int` })
        .from(sessions)
        .where(and(eq(sessions.userId, userId), isLive(now)))}) as live,
      exists(${tx
        .select({ one: sql`1` })
        .from(securityEvents)
        .where(and(eq(securityEvents.userId, userId), eq(securityEvents.kind, 'LOGGED_IN')))}) as logged_in,
      exists(${tx
        .select({ one: sql`1` })
        .from(sessions)
        .where(
          and(
            eq(sessions.userId, userId),
            eq(sessions.device, device),
            network === null ? isNull(sessions.network) : eq(sessions.network, network),
            isNull(sessions.impersonatorId),
            gt(sessions.lastUsedAt, daysAfter(now, -sessionDays)),
          ),
        )}) as known`)
  return {
    liveCount: found?.live ?? 0,
    hasLoggedIn: found?.logged_in === true,
    isKnownDevice: found?.known === true,
  }
}

async function giveWay(ctx: Context, tx: Transaction, userId: string, count: number): Promise<void> {
  const oldest = tx
    .select({ id: sessions.id })
    .from(sessions)
    .where(and(eq(sessions.userId, userId), isLive(ctx.now())))
    .orderBy(asc(sessions.createdAt), asc(sessions.id))
    .limit(count)
  await revokeSessions(ctx, tx, 'TOO_MANY', inArray(sessions.id, oldest))
}

/** What a client is told once the transaction has committed: tokens are signed outside of it. */
export async function loginOf(ctx: Context, admission: Admission): Promise<Login> {
  const { user } = admission
  if (admission.kind === 'challenge') return { user, tokens: null, challenge: admission.challenge }
  const access = await issueSessionToken(ctx, admission.session, user)
  return { user, tokens: { ...access, refreshToken: admission.refreshToken }, challenge: null }
}

/** Why this account may not log in now, however good the proof. */
export function admissionProblems(user: Pick<UserRow, 'kind' | 'status'>): Failure[] {
  const path = ['input']
  if (user.kind === 'SERVICE' || user.status === 'ERASED') {
    return [contract.failure('INVALID_CREDENTIALS', 'Address or password is wrong.', path)]
  }
  if (user.status === 'SUSPENDED' || user.status === 'DEACTIVATED') {
    return [contract.failure('ACCOUNT_SUSPENDED', 'This account cannot be used.', path)]
  }
  if (user.status === 'PENDING_VERIFICATION' && settings().REQUIRE_VERIFIED_EMAIL === '1') {
    return [contract.failure('EMAIL_NOT_VERIFIED', 'Verify your e-mail address first.', path)]
  }
  return []
}
