import type { Failure } from '@guildhall/kit/outcome'
import { line, problemsOf } from '@guildhall/kit/validate'
import { z } from 'zod'

const token = line(100)
const people = z.number().int().min(1).max(1_000).nullish()
/** Whatever was read from a wrong code is no ticket, but still a scan; a book is not. */
const secret = z.string().min(1).max(1_000)

const scan = z.object({ secret, nonce: token, peopleCount: people })

/** What is wrong with one scan. */
export const scanProblems = (input: object): Failure[] => problemsOf(scan.extend({ deviceId: token }), input)

const scansMax = 500

/** What is wrong with scans that a device kept. */
export const scansProblems = (input: object): Failure[] =>
  problemsOf(z.object({ deviceId: token, scans: z.array(scan).min(1).max(scansMax) }), input)
