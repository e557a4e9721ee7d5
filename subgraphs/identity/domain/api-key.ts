import { randomInt } from 'node:crypto'
import type { Failure } from '@guildhall/kit/outcome'
import { line } from '@guildhall/kit/validate'
import { z } from 'zod'
import contract from '../contract.ts'
import type { ApiKeyRow, UserRow } from '../tables.ts'
import { daysAfter, randomToken } from './refresh-token.ts'

/** How many good keys an owner can have. */
export const liveKeysMax = 50
/** A person's key that nobody remembers ends by itself. */
export const personKeyDays = 365
/** The last use is written down at most this often: a busy key is no busy row. */
export const usedEveryMs = 60_000

const letters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** A fresh key: a name that may be shown, and 256 random bits. */
export function newKey(): { key: string; prefix: string } {
  const name = Array.from({ length: 8 }, () => letters[randomInt(letters.length)]).join('')
  const prefix = `ghk_${name}`
  return { prefix, key: `${prefix}_${randomToken()}` }
}

const network = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()])

/** Written as IPv4, an address is the same whichever kind of socket it came in by. */
const isMapped = (text: string): boolean => text.startsWith('::ffff:')

const address = z
  .string()
  .trim()
  .toLowerCase()
  .refine((text) => network.safeParse(text).success && !isMapped(text), {
    message: 'Must be an IP address or a network such as 192.0.2.0/24.',
    params: { code: 'INVALID_ADDRESS' },
  })

/** What makers of keys choose. */
export const keySettings = z.object({
  name: line(80),
  scopes: z.array(z.string()).min(1, 'Name one, or leave it out.').max(100, 'At most 100.').nullish(),
  addresses: z.array(address).min(1, 'Name one, or leave it out.').max(20, 'At most 20.').nullish(),
})

/** Why a key cannot end then. */
export function expiryProblems(
  expiresAt: Date | null | undefined,
  kind: UserRow['kind'],
  now: Date,
): Failure[] {
  const refuse = (message: string) => [contract.failure('INVALID_VALUE', message, ['input', 'expiresAt'])]
  if (!expiresAt) return []
  if (expiresAt <= now) return refuse('Must lie in the future.')
  const latest = daysAfter(now, personKeyDays)
  return kind === 'PERSON' && expiresAt > latest ? refuse(`At most ${personKeyDays} days from now.`) : []
}

/** When a key ends of which nothing else was said. */
export const defaultExpiry = (kind: UserRow['kind'], now: Date): Date | null =>
  kind === 'PERSON' ? daysAfter(now, personKeyDays) : null

/** A replacement lives as long as its predecessor was meant to. */
export const renewedExpiry = (
  { createdAt, expiresAt }: Pick<ApiKeyRow, 'createdAt' | 'expiresAt'>,
  now: Date,
): Date | null => expiresAt && new Date(now.getTime() + expiresAt.getTime() - createdAt.getTime())

export const isLive = (key: Pick<ApiKeyRow, 'revokedAt' | 'expiresAt'>, now: Date): boolean =>
  key.revokedAt === null && (key.expiresAt === null || key.expiresAt > now)

/** Everything that is wrong with the permissions a key shall be cut down to. */
export function scopeProblems(
  scopes: readonly string[],
  known: ReadonlySet<string>,
  granted: ReadonlySet<string>,
): Failure[] {
  return scopes.flatMap((scope, index) => {
    const path = ['input', 'scopes', String(index)]
    if (!known.has(scope)) return [contract.failure('SCOPE_UNKNOWN', 'There is no such permission.', path)]
    if (granted.has(scope)) return []
    return [
      contract.failure('SCOPE_NOT_GRANTED', 'The owner of the key does not have this permission.', path),
    ]
  })
}
