import { wholeApi } from './views.ts'

/** The view that a path names: `/graphql` the whole API, `/graphql/<name>` that one. Undefined: another path. */
export function viewAt(graphqlPath: string, path: string): string | undefined {
  if (path === graphqlPath) return wholeApi
  if (!path.startsWith(`${graphqlPath}/`)) return undefined
  const name = path.slice(graphqlPath.length + 1)
  return /^[\w-]+$/.test(name) ? name : undefined
}
