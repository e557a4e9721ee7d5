import { execFileSync } from 'node:child_process'
import { ComposeProblem } from './compose-problem.ts'
import { root } from './root.ts'

/** The API that clients have now. */
export interface BaseApi {
  /** What it was read from. */
  ref: string
  sdl: string | null
}

/**
 * The API to be compared with. Without a wish: that of `main`; on `main` itself, once the artefact is committed, that of
 * the commit before, so that a check after the merge says the same as the one before it.
 *
 * @param wish a git ref that somebody named; one that does not exist is an error, not a reason to skip the check.
 */
export function baseApi(api: string, wish: string | undefined, folder: string = root): BaseApi {
  const commit = (ref: string) => git(folder, 'rev-parse', '--verify', `${ref}^{commit}`)
  const apiAt = (ref: string): BaseApi => ({ ref, sdl: git(folder, 'show', `${ref}:schema/api.graphql`) })
  if (wish) {
    if (commit(wish) !== null) return apiAt(wish)
    throw new ComposeProblem(`API_BASE names ${wish}, which is not a commit of this repository.`)
  }
  const main = ['main', 'origin/main'].find((name) => commit(name) !== null) ?? 'main'
  const base = apiAt(main)
  const isMainItself = commit('HEAD') === commit(main) && base.sdl === api
  return isMainItself ? apiAt(`${main}^1`) : base
}

/** Null when git cannot tell: no such ref, no such file, no repository, no git. */
function git(folder: string, ...args: string[]): string | null {
  try {
    return execFileSync('git', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  } catch {
    return null
  }
}
