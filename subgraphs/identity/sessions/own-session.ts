import type { UserCaller } from '@guildhall/kit/caller'
import type { Context } from '@guildhall/kit/context'
import { Forbidden } from '@guildhall/kit/errors'
import { isId } from '@guildhall/kit/ids'

/**
 * For what concerns an account itself: its sessions, keys and proofs. Nobody who acts in the person's name may touch
 * them, and no key.
 * @throws Unauthenticated or Forbidden.
 */
export function requireOwnSession(ctx: Context): UserCaller {
  const viewer = ctx.requireViewer()
  if (viewer.impersonatorId || isId('key', viewer.sessionId)) {
    throw new Forbidden('Only the person themselves can do this, with a session of their own.')
  }
  return viewer
}
