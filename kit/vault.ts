import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'
import { type Config, ConfigError } from './config.ts'

/**
 * Encrypts what must not be readable in a copy of the database. See `docs/adr/0006-vault.md`.
 *
 * A **place** names where a value lives, such as `identity.totp_factor.secret:<row id>`: whoever moves a sealed value
 * to another row or column makes it unreadable.
 */
export interface Vault {
  /** Two calls with the same text give different values. */
  seal(text: string, place: string): string
  /** @throws Error when the value was changed, was sealed for another place, or under a secret that is not configured. */
  open(sealed: string, place: string): string
  /** Whether this value needs no resealing: it is under the secret of now. */
  isCurrent(sealed: string): boolean
  /** What every current value begins with, so that a database can tell those that are not. */
  readonly currentPrefix: string
  /**
   * A keyed hash under the secret of now, to store beside a sealed value by which rows are to be found again. It says
   * which rows hold the same text, so use it for nothing that is easily guessed and need not be searched.
   */
  blindIndex(text: string, purpose: string): string
  /**
   * Every hash under which a row with this text may be stored now, the current one first: look rows up by all of them,
   * because resealing brings them under the current secret one by one. A unique index over blind indexes alone
   * therefore guards nothing while that is under way.
   */
  blindIndexes(text: string, purpose: string): string[]
}

export interface VaultSecrets {
  /** Absent: values are kept plainly. */
  current?: string | undefined
  /** Secrets of before: still read, never written. */
  retired?: readonly string[] | undefined
}

/** What is derived from one secret; each key serves one use. */
interface Keys {
  kid: string
  wrapping: Buffer
  index: Buffer
}

const version = 'v1'
const plainPrefix = 'plain.'
const [ivBytes, tagBytes, keyBytes, kidBytes] = [12, 16, 32, 8]

/**
 * Envelope encryption with AES-256-GCM: each value has a data key of its own, which is wrapped under a key derived from
 * the secret. Hence a nonce is never used twice with one key, however many values there are.
 *
 * @throws Error when there are retired secrets but no current one: that would mean to decrypt everything.
 */
export function createVault({ current, retired = [] }: VaultSecrets): Vault {
  if (!current && retired.length > 0) throw new Error('retired secrets need a current one')
  const all = current ? [...new Set([current, ...retired])].map(deriveKeys) : []
  const now = all[0]
  const byKid = new Map(all.map((keys) => [keys.kid, keys]))
  const currentPrefix = now ? `${version}.${now.kid}.` : plainPrefix
  const indexKeys = [...all, withoutSecret]
  return {
    currentPrefix,
    isCurrent: (sealed) => sealed.startsWith(currentPrefix),
    seal(text, place) {
      if (!now) return plainPrefix + text
      const dataKey = randomBytes(keyBytes)
      const wrapped = encrypt(now.wrapping, dataKey, place)
      const body = encrypt(dataKey, Buffer.from(text, 'utf8'), place)
      return (
        currentPrefix +
        [Buffer.concat([wrapped.iv, wrapped.sealed]), body.iv, body.sealed].map(encode).join('.')
      )
    },
    open(sealed, place) {
      if (sealed.startsWith(plainPrefix)) return sealed.slice(plainPrefix.length)
      const [tag, kid = '', wrapped, iv, body, ...rest] = sealed.split('.')
      if (tag !== version || !wrapped || !iv || !body || rest.length > 0)
        throw new Error('not a sealed value')
      const keys = byKid.get(kid)
      if (!keys) {
        throw new Error(
          `sealed under a secret that is not configured (key ${kid.slice(0, 16)}): add it to DATA_SECRETS_RETIRED`,
        )
      }
      try {
        const wrappedBytes = decode(wrapped)
        const dataKey = decrypt(
          keys.wrapping,
          wrappedBytes.subarray(0, ivBytes),
          wrappedBytes.subarray(ivBytes),
          place,
        )
        return decrypt(dataKey, decode(iv), decode(body), place).toString('utf8')
      } catch {
        throw new Error('the sealed value was changed, or belongs to another place')
      }
    },
    blindIndex: (text, purpose) => hash(indexKeys[0] ?? withoutSecret, text, purpose),
    blindIndexes: (text, purpose) => indexKeys.map((keys) => hash(keys, text, purpose)),
  }
}

/** The vault of a process. @throws ConfigError in production without a secret. */
export function vaultFrom(config: Pick<Config, 'NODE_ENV' | 'DATA_SECRET' | 'DATA_SECRETS_RETIRED'>): Vault {
  const { DATA_SECRET: current, DATA_SECRETS_RETIRED: retired } = config
  if (!current && config.NODE_ENV === 'production')
    throw new ConfigError(
      'DATA_SECRET (or DATA_SECRET_FILE) is not set: in production nothing secret is kept plainly.',
    )
  if (!current && retired?.length)
    throw new ConfigError(
      'DATA_SECRETS_RETIRED is set without DATA_SECRET: what is sealed anew needs a secret.',
    )
  return createVault({ current, retired })
}

function deriveKeys(secret: string): Keys {
  const derive = (use: string, bytes: number) =>
    Buffer.from(hkdfSync('sha256', secret, '', `guildhall vault ${use}`, bytes))
  return {
    kid: derive('key id', kidBytes).toString('base64url'),
    wrapping: derive('key encryption', keyBytes),
    index: derive('blind index', keyBytes),
  }
}

/** Where values are kept plainly their index hides nothing, but has the same shape. */
const withoutSecret: Keys = { ...deriveKeys(''), kid: 'plain' }

const hash = ({ kid, index }: Keys, text: string, purpose: string): string =>
  `${kid}.${createHmac('sha256', index).update(`${purpose}\0${text}`).digest('base64url')}`

function encrypt(key: Buffer, bytes: Buffer, place: string): { iv: Buffer; sealed: Buffer } {
  const iv = randomBytes(ivBytes)
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(place, 'utf8'))
  return { iv, sealed: Buffer.concat([cipher.update(bytes), cipher.final(), cipher.getAuthTag()]) }
}

function decrypt(key: Buffer, iv: Buffer, sealed: Buffer, place: string): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: tagBytes })
    .setAAD(Buffer.from(place, 'utf8'))
    .setAuthTag(sealed.subarray(-tagBytes))
  return Buffer.concat([decipher.update(sealed.subarray(0, -tagBytes)), decipher.final()])
}

const encode = (bytes: Buffer): string => bytes.toString('base64url')

/** @throws Error for a second spelling of the same bytes: a value has one. */
function decode(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64url')
  if (encode(bytes) !== text) throw new Error('not base64url')
  return bytes
}
