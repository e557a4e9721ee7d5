import { randomBytes } from 'node:crypto'
import { joinCodeLength, joinCodeOf } from '../domain/join-code.ts'

/** 50 random bits. */
export const newJoinCode = (): string => joinCodeOf(randomBytes(joinCodeLength))
