/** What a caller has proved to be, before identity says who that is and what follows from it. */
export type Proof =
  /** An access token of ours. */
  | {
      kind: 'session'
      userId: string
      sessionId: string
      /** The only permissions that the token was made for, separated by spaces; undefined: all of the session. */
      scope?: string | undefined
      expiresAtSeconds: number
    }
  | { kind: 'key'; keyHash: string; expiresAtSeconds?: undefined }
  /** An access token of a trusted external issuer. */
  | ({ kind: 'external'; expiresAtSeconds: number } & ExternalPerson)

/** A person as an external issuer knows them; identity knows whose account that is. */
export interface ExternalPerson {
  issuer: string
  subject: string
  email?: string | undefined
  isEmailVerified?: boolean | undefined
  displayName?: string | undefined
}
