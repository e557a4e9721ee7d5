import type { Context, Transaction } from '@guildhall/kit/context'
import { makeKeyPair } from '@guildhall/kit/keys'
import { done, failed, type Outcome } from '@guildhall/kit/outcome'
import { sourcesOf } from '@guildhall/kit/state-machine'
import { and, eq, inArray, sql } from 'drizzle-orm'
import contract from '../contract.ts'
import {
  hasServed,
  isKnownEverywhere,
  isSpent,
  publishedStatuses,
  type SigningKeyStatus,
  signingKeyLife,
} from '../domain/signing-key-life.ts'
import { type SigningKeyRow, signingKeys } from '../tables.ts'

/** Signals that keys have changed. */
export const keysChannel = 'keys'

/** Where the vault has sealed a private key. */
export const sealedPlaceOf = ({ kid }: Pick<SigningKeyRow, 'kid'>): string =>
  `identity.signing_key.private_jwk:${kid}`

/**
 * Does what is due: makes the first key and the next one, lets a key sign after its time, forgets what is spent.
 * However many processes call at once, one does it and the others find it done.
 */
export async function tendSigningKeys(ctx: Context): Promise<void> {
  await ctx.transaction('tendSigningKeys', async (tx) => {
    const ring = await lockRing(tx)
    await tend(ctx, tx, ring)
    return done(null)
  })
}

/** Lets the next key sign now. @returns it, or why it cannot yet. */
export async function rotate(ctx: Context, tx: Transaction): Promise<Outcome<SigningKeyRow>> {
  const ring = await lockRing(tx)
  const next = inStatus(ring, 'NEXT')
  if (!next || !isKnownEverywhere(next, ctx.now())) {
    return failed(
      contract.failure(
        'SIGNING_KEY_NOT_READY',
        'Routers may not know the next key yet; try in ten minutes.',
        ['input'],
      ),
    )
  }
  return done(shown(await promote(ctx, tx, ring, next)))
}

/** Ends a key at once. If it was the one that signs, the next one does from the same moment on. */
export async function revoke(ctx: Context, tx: Transaction, kid: string): Promise<Outcome<SigningKeyRow>> {
  await lockRing(tx)
  const [known] = await tx.select().from(signingKeys).where(eq(signingKeys.kid, kid))
  if (!known) return failed(contract.failure('NOT_FOUND', 'There is no such key.', ['input', 'kid']))
  if (known.status === 'REVOKED') return done(shown(known))
  const revoked = await move(ctx, tx, known, 'REVOKED')
  await tend(ctx, tx, await ringOf(tx))
  return done(shown(revoked))
}

/** Answers are kept for those who ask again: a private key must not be among them, however well it is sealed. */
const shown = (key: SigningKeyRow): SigningKeyRow => ({ ...key, privateJwk: null })

async function tend(ctx: Context, tx: Transaction, ring: readonly SigningKeyRow[]): Promise<void> {
  const now = ctx.now()
  const [active, next] = [inStatus(ring, 'ACTIVE'), inStatus(ring, 'NEXT')]
  if (!active) await promote(ctx, tx, ring, next ?? (await make(ctx, tx)))
  else if (!next) await make(ctx, tx)
  else if (hasServed(active, now) && isKnownEverywhere(next, now)) await promote(ctx, tx, ring, next)
  for (const key of ring)
    if (key.status === 'RETIRING' && isSpent(key, now)) await move(ctx, tx, key, 'RETIRED')
}

/** First the old key, then the new one: the index `signing_key_one_active` allows no other order. */
async function promote(
  ctx: Context,
  tx: Transaction,
  ring: readonly SigningKeyRow[],
  next: SigningKeyRow,
): Promise<SigningKeyRow> {
  const active = inStatus(ring, 'ACTIVE')
  if (active) await move(ctx, tx, active, 'RETIRING')
  const promoted = await move(ctx, tx, next, 'ACTIVE')
  await make(ctx, tx)
  return promoted
}

/** A new NEXT key: known to everybody long before it is needed, also when the one that signs has to go at once. */
async function make(ctx: Context, tx: Transaction): Promise<SigningKeyRow> {
  const kid = ctx.newId('sgk')
  const { publicJwk, privateJwk } = await makeKeyPair(kid)
  const [made] = await tx
    .insert(signingKeys)
    .values({
      kid,
      status: 'NEXT',
      publicJwk,
      privateJwk: ctx.vault.seal(JSON.stringify(privateJwk), sealedPlaceOf({ kid })),
      createdAt: ctx.now(),
    })
    .returning()
  if (!made) throw new Error('insert returned nothing')
  tell(ctx, tx, made)
  return made
}

/** One step in a key's life. The private half goes as soon as the key signs no more. */
async function move(
  ctx: Context,
  tx: Transaction,
  { kid }: SigningKeyRow,
  to: SigningKeyStatus,
): Promise<SigningKeyRow> {
  const now = ctx.now()
  const changes = to === 'ACTIVE' ? { activatedAt: now } : { privateJwk: null }
  const stops = to === 'RETIRING' || to === 'REVOKED' ? { retiredAt: now } : {}
  const [moved] = await tx
    .update(signingKeys)
    .set({ status: to, ...changes, ...stops })
    .where(and(eq(signingKeys.kid, kid), inArray(signingKeys.status, sourcesOf(signingKeyLife, to))))
    .returning()
  if (!moved) throw new Error(`signing key ${kid} cannot become ${to}`)
  tell(ctx, tx, moved)
  return moved
}

const tell = (ctx: Context, tx: Transaction, { kid, status }: SigningKeyRow): void =>
  tx.afterCommit(() => {
    ctx.log.info({ kid, status }, 'signing key changed')
    ctx.signals.send(keysChannel, [kid])
  })

/** All that changes keys stands in line here, so that each sees what the one before has done. */
async function lockRing(tx: Transaction): Promise<SigningKeyRow[]> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('identity.signing_key', 0))`)
  return ringOf(tx)
}

const ringOf = (tx: Transaction): Promise<SigningKeyRow[]> =>
  tx
    .select()
    .from(signingKeys)
    .where(inArray(signingKeys.status, [...publishedStatuses]))

const inStatus = (ring: readonly SigningKeyRow[], status: SigningKeyStatus): SigningKeyRow | undefined =>
  ring.find((key) => key.status === status)
