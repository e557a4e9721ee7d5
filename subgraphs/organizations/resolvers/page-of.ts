import type { NestedPage } from '@guildhall/kit/nested-pages'

/** The page of a nested list that a field's arguments ask for. */
export const pageOf = (
  parentId: string,
  { first, after }: { first?: number | null; after?: string | null },
): NestedPage<null> => ({ parentId, page: { first: first ?? 20, after }, filter: null })
