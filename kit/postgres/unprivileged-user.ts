import { readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { StartProblem } from './start-problem.ts'

/** The user that PostgreSQL runs as when we are root. */
export interface UnprivilegedUser {
  name: string
  uid: number
  gid: number
}

/** Whether this process is root on a system that has one. */
export const isRoot = (): boolean => process.platform !== 'win32' && process.getuid?.() === 0

/**
 * PostgreSQL refuses to run as root, so a root process starts it as somebody else. No `su` or `useradd` is needed, but
 * `initdb` wants a row in /etc/passwd: an existing one is taken.
 *
 * @param owner uid that already owns the data: the server must run as the same one.
 * @returns undefined when we are not root and the server runs as ourselves.
 */
export function unprivilegedUser(owner?: number): UnprivilegedUser | undefined {
  if (!isRoot()) return undefined
  const users = passwdRows().filter((user) => user.uid > 0)
  const found =
    (owner ? users.find((user) => user.uid === owner) : undefined) ??
    ['postgres', 'node', 'nobody'].map((name) => users.find((user) => user.name === name)).find(Boolean) ??
    users[0]
  if (!found) throw new StartProblem('PostgreSQL cannot run as root and /etc/passwd lists no other user.')
  return found
}

/** Whether `user` can enter `folder`: each folder on the way must be open to others or be the user's own. */
export function isReachable(folder: string, user: UnprivilegedUser): boolean {
  const { mode, uid } = statSync(folder)
  if ((mode & (uid === user.uid ? 0o100 : 0o001)) === 0) return false
  const parent = dirname(folder)
  return parent === folder || isReachable(parent, user)
}

function passwdRows(): UnprivilegedUser[] {
  return readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .flatMap(([name, , uid, gid]) =>
      name && uid && gid ? [{ name, uid: Number(uid), gid: Number(gid) }] : [],
    )
}
