import { type MinorMoney, type Money, minorOf } from '@guildhall/kit/money'
import type { Failure } from '@guildhall/kit/outcome'
import { line, problemsOf, prose } from '@guildhall/kit/validate'
import { z } from 'zod'

/** Most tracks of an event, and most prizes: both are listed whole. */
export const tracksMax = 20
export const prizesMax = 50

const described = { name: line(100), description: prose(2_000).nullish() }

/** Every reason why a track cannot be like this. */
export const trackProblems = (track: { name: string; description: string | null }): Failure[] =>
  problemsOf(z.object(described), track)

const prize = z.object({
  ...described,
  amount: z
    .custom<Money>()
    .nullish()
    .refine((amount) => amount == null || worthOf(amount) !== null, {
      message: 'Not an amount of this currency.',
      params: { code: 'INVALID_AMOUNT' },
    }),
})

/** Every reason why a prize cannot be like this. */
export const prizeProblems = (draft: {
  name: string
  description: string | null
  amount?: Money | null | undefined
}): Failure[] => problemsOf(prize, draft)

/** What a prize is worth, in the smallest unit; null for what is no amount, and for less than nothing. */
export function worthOf(amount: Money): MinorMoney | null {
  const minor = minorOf(amount)
  return minor && minor.amountMinor >= 0 ? minor : null
}

/** The ids with one of them at another place; behind the last place is the end. */
export const movedTo = (ids: readonly string[], id: string, position: number): string[] =>
  ids.filter((other) => other !== id).toSpliced(Math.max(0, position), 0, id)
