import type { AuthenticationMethod } from '../tables.ts'

/** Proofs of something that the person has; a passkey also asks for a finger or a PIN and so needs no second. */
const secondProofs: readonly AuthenticationMethod[] = ['TOTP', 'RECOVERY_CODE', 'PASSKEY']

/** Whether these proofs are all that the account can ask for. */
export const isStrong = (
  methods: readonly AuthenticationMethod[],
  secondFactors: readonly AuthenticationMethod[],
): boolean => secondFactors.length === 0 || isMultiFactor(methods)

/** Whether these proofs show two things of: something known, something had, something one is. */
export const isMultiFactor = (methods: readonly AuthenticationMethod[]): boolean =>
  methods.some((method) => secondProofs.includes(method))

/** How long a proof allows for dangerous operations. */
export const stepUpMinutes = 10

/** Until when a session may do what is dangerous; null: not before a new proof. */
export const steppedUpUntil = (steppedUpAt: Date | null): Date | null =>
  steppedUpAt && new Date(steppedUpAt.getTime() + stepUpMinutes * 60_000)
