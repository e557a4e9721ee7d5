import type { Context, Transaction } from '@guildhall/kit/context'
import type { Failure } from '@guildhall/kit/outcome'
import { issueAccessToken } from './access-token.ts'
import contract, { sessionCreated } from './contract.ts'
import { deviceLabel } from './domain/device.ts'
import { daysAfter, hashOf, randomToken, refreshTokenDays, sessionDays } from './domain/refresh-token.ts'
import type { LoginChallenge, SessionTokens } from './generated/graphql.ts'
import { recordSecurity } from './security-log.ts'
import { settings } from './settings.ts'
import {
  type AuthenticationMethod,
  refreshTokens,
  type SessionRow,
  sessions,
  type UserRow,
} from './tables.ts'

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

/** Begins a session for somebody who has proved who they are, as strongly as the account allows. */
export async function beginSession(
  ctx: Context,
  tx: Transaction,
  user: UserRow,
  methods: AuthenticationMethod[],
): Promise<Extract<Admission, { kind: 'session' }>> {
  const now = ctx.now()
  const refreshToken = randomToken()
  const { address, userAgent } = ctx.client
  const [session] = await tx
    .insert(sessions)
    .values({
      id: ctx.newId('ses'),
      userId: user.id,
      createdAt: now,
      lastUsedAt: now,
      expiresAt: daysAfter(now, sessionDays),
      label: deviceLabel(userAgent),
      userAgent,
      address,
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
  return { kind: 'session', user, session, refreshToken }
}

/** What a client is told once the transaction has committed: tokens are signed outside of it. */
export async function loginOf(ctx: Context, admission: Admission): Promise<Login> {
  const { user } = admission
  if (admission.kind === 'challenge') return { user, tokens: null, challenge: admission.challenge }
  const access = await issueAccessToken(ctx, admission.session)
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
