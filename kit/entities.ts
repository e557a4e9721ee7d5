/**
 * Reference resolver for another domain's entity to which we add fields: the reference is all we know of it. It proves
 * nothing; every field we add checks for itself what the caller may see.
 */
export const asReference = async <Reference extends { id: string }>(
  reference: Reference,
): Promise<Reference> => reference

/** A reference to another domain's entity; null stays null. */
export function reference<T extends string>(typename: T, id: string): { __typename: T; id: string }
export function reference<T extends string>(
  typename: T,
  id: string | null,
): { __typename: T; id: string } | null
export function reference<T extends string>(typename: T, id: string | null) {
  return id === null ? null : { __typename: typename, id }
}
