import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

const prefix = 'aes-256-gcm:'

/** Encrypts text for storage. Without a secret it stays plain: a house on one machine has nowhere else to keep one. */
export function seal(text: string, secret: string | undefined): string {
  if (!secret) return text
  const iv = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', keyFrom(secret), iv)
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return prefix + Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64url')
}

/** Text as it was before {@link seal}. @throws Error when it was sealed with another secret. */
export function unseal(sealed: string, secret: string | undefined): string {
  if (!sealed.startsWith(prefix)) return sealed
  if (!secret) throw new Error('a sealed value needs DATA_SECRET')
  const bytes = Buffer.from(sealed.slice(prefix.length), 'base64url')
  const decipher = createDecipheriv('aes-256-gcm', keyFrom(secret), bytes.subarray(0, 12))
  decipher.setAuthTag(bytes.subarray(12, 28))
  return decipher.update(bytes.subarray(28), undefined, 'utf8') + decipher.final('utf8')
}

const keyFrom = (secret: string): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, '', 'guildhall identity at rest', 32))
