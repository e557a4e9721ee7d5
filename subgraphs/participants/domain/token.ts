import { createHash, randomBytes } from 'node:crypto'

/** 256 random bits. */
export const randomToken = (): string => randomBytes(32).toString('base64url')

/** What is stored of a token. Tokens are random, so a fast hash is enough. */
export const hashOf = (token: string): string => createHash('sha256').update(token).digest('base64url')
