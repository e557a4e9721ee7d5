import type { Context, Transaction } from '@guildhall/kit/context'
import { and, eq, gt, isNull } from 'drizzle-orm'
import { answeredChallenge } from '../domain/passkey-response.ts'
import { type PasskeyChallengeRow, passkeyChallenges } from '../tables.ts'

/** How long an authenticator may take. */
export const challengeMinutes = 5

/** Remembers a challenge that was given out. */
export async function keepChallenge(
  ctx: Context,
  tx: Transaction,
  { challenge, purpose, userId }: Pick<PasskeyChallengeRow, 'challenge' | 'purpose' | 'userId'>,
): Promise<void> {
  const createdAt = ctx.now()
  const expiresAt = new Date(createdAt.getTime() + challengeMinutes * 60_000)
  await tx
    .insert(passkeyChallenges)
    .values({ id: ctx.newId('pkc'), challenge, purpose, userId, createdAt, expiresAt })
}

/**
 * Spends the challenge that an authenticator has answered, whatever its answer is worth: none is looked at twice.
 * Null: it is unknown, spent, too old or for something else.
 */
export async function spendChallenge(
  ctx: Context,
  tx: Transaction,
  clientDataJSON: string,
  purpose: PasskeyChallengeRow['purpose'],
): Promise<PasskeyChallengeRow | null> {
  const challenge = answeredChallenge(clientDataJSON)
  if (challenge === null) return null
  const now = ctx.now()
  const [spent] = await tx
    .update(passkeyChallenges)
    .set({ usedAt: now })
    .where(
      and(
        eq(passkeyChallenges.challenge, challenge),
        eq(passkeyChallenges.purpose, purpose),
        isNull(passkeyChallenges.usedAt),
        gt(passkeyChallenges.expiresAt, now),
      ),
    )
    .returning()
  return spent ?? null
}
