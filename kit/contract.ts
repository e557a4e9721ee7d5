import type { z } from 'zod'
import type { AnyNotification } from './notifications.ts'
import type { Failure } from './outcome.ts'
import type { Product } from './products.ts'

/** A fact that a domain tells the others, once it has happened. Published only through `tx.emit`. */
export interface EventContract<Payload = unknown> {
  /** `<domain>.<entity>.<past tense>` */
  name: string
  /** Grows with an incompatible change of the payload; consumers see it in the envelope. */
  version: number
  description: string
  payload: z.ZodType<Payload>
  /** The id whose events must arrive in order. */
  aggregate(payload: Payload): string
}

/** Any event, where its payload's type does not matter. */
export interface AnyEventContract extends Omit<EventContract, 'aggregate'> {
  aggregate(payload: never): string
}

/** What is checked before an action, and which built-in organization roles hold it from the start. */
export interface PermissionContract {
  description: string
  heldBy: readonly string[]
  /** Roles on the platform as a whole that hold it, over no organization in particular. */
  heldByPlatform?: readonly ('ADMIN' | 'SUPPORT')[]
  /** Id prefix → roles on such an object that hold it for the object alone, see `object-roles.ts`. */
  heldOn?: Readonly<Record<string, readonly string[]>>
}

/** The face of a domain to the others: everything they may know of it. */
export interface Contract<Codes extends string = string> {
  domain: string
  /**
   * Whose schema shows what the domain offers; a field with `@tag`s of its own is shown to those instead. None: it is for
   * those who run the house, and stands in the whole graph only.
   */
  products: readonly Product[]
  /** Id prefix → GraphQL type, e.g. `{ evt: 'Event' }`; prefixes are unique in the house. */
  ids: Readonly<Record<string, string>>
  permissions: Readonly<Record<string, PermissionContract>>
  events: readonly AnyEventContract[]
  /** What people are told when one of these events happens. */
  notifications?: readonly AnyNotification[]
  /** Sorts of notifications → what they are; declared by the domain that sends them. */
  notificationCategories?: Readonly<Record<string, string>>
  /** Every code this domain may put into `userErrors` → what it means. */
  codes: Readonly<Record<Codes, string>>
  /** Makes a plain `InputError` with a declared code. */
  failure(code: Codes | SharedCode, message: string, path?: string[]): Failure
}

/** Codes that any domain may use. */
export const sharedCodes = {
  NOT_FOUND: 'The object does not exist, or you may not see it.',
  TOO_LONG: 'The text is longer than allowed.',
  TOO_SHORT: 'The text is shorter than allowed.',
  INVALID_VALUE: 'The value is outside of what the field allows.',
  INVALID_URL: 'Not an http or https address.',
  VERSION_CONFLICT: 'Somebody changed the object since you read it; read it again.',
  INVALID_STATE_TRANSITION: 'The object is not in a state from which this step is allowed.',
  IDEMPOTENCY_KEY_REUSED: 'The idempotency key was used before with another input.',
} as const

export type SharedCode = keyof typeof sharedCodes

/** Declares an event of a domain; the type of its payload is that of its schema. */
export const defineEvent = <Schema extends z.ZodType>(
  event: Omit<EventContract, 'payload' | 'aggregate'> & {
    payload: Schema
    aggregate(payload: z.infer<Schema>): string
  },
): EventContract<z.infer<Schema>> => event as unknown as EventContract<z.infer<Schema>>

/** Declares the face of a domain. Cross-domain rules (unique prefixes, known scopes) are checked when a host starts. */
export function defineContract<Codes extends string>(
  declared: Omit<Contract<Codes>, 'failure' | 'events'> & { events: readonly AnyEventContract[] },
): Contract<Codes> {
  return {
    ...declared,
    failure: (code, message, path = []) => ({ __typename: 'InputError', code, message, path }),
  }
}
