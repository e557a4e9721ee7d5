/** Something that is held over an organization, or over one object in it. */
export interface Held {
  permissions: readonly string[]
  /** Null: everything in the organization. */
  scopeId: string | null
}

/** What a person holds in an organization, as it travels with each request. */
export interface Rights {
  /** Over everything. */
  permissions: string[]
  /** Over single objects. */
  scoped: { objectId: string; permissions: string[] }[]
}

/** Takes together what comes from many sources; sorted, so that the same rights look the same. */
export function rightsOf(sources: readonly Held[]): Rights {
  const byScope = Map.groupBy(sources, ({ scopeId }) => scopeId)
  const permissionsIn = (scopeId: string | null) =>
    [...new Set((byScope.get(scopeId) ?? []).flatMap(({ permissions }) => permissions))].sort()
  const objectIds = [...byScope.keys()].filter((scopeId) => scopeId !== null).sort()
  return {
    permissions: permissionsIn(null),
    scoped: objectIds.map((objectId) => ({ objectId, permissions: permissionsIn(objectId) })),
  }
}

/** Whether one source is a reason why something may be done with an object, or (with null) with everything. */
export const allows = (
  { permissions, scopeId }: Held,
  permission: string,
  objectId: string | null,
): boolean => permissions.includes(permission) && (scopeId === null || scopeId === objectId)
