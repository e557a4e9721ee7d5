/** What somebody has besides the password; where an account has one of these set up, one of them is wanted. */
export type SecondProof =
  | { method: 'TOTP'; code: string }
  | { method: 'RECOVERY_CODE'; code: string }
  /** What the authenticator has signed, as JSON text. */
  | { method: 'PASSKEY'; response: string }

/** What somebody shows to prove who they are, besides the token of the session or login that it is for. */
export type Proof = { method: 'PASSWORD'; password: string } | SecondProof

/** The fields of an input that hold a proof. */
export interface ProofInput {
  password?: string | null
  totpCode?: string | null
  recoveryCode?: string | null
  passkey?: string | null
}

/** The one proof of an input; null when there is none, or more than one: then nobody could say which was meant. */
export function proofOf({ password, totpCode, recoveryCode, passkey }: ProofInput): Proof | null {
  const proofs: Proof[] = [
    ...(password == null ? [] : [{ method: 'PASSWORD' as const, password }]),
    ...(totpCode == null ? [] : [{ method: 'TOTP' as const, code: totpCode }]),
    ...(recoveryCode == null ? [] : [{ method: 'RECOVERY_CODE' as const, code: recoveryCode }]),
    ...(passkey == null ? [] : [{ method: 'PASSKEY' as const, response: passkey }]),
  ]
  return proofs.length === 1 ? (proofs[0] ?? null) : null
}
