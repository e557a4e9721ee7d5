import { createHash } from 'node:crypto'
import { existsSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { isReachable, unprivilegedUser } from './unprivileged-user.ts'

export interface DataFolder {
  folder: string
  /** A line for the person who starts Guildhall, when the data is not where they would look for it. */
  notice?: string
}

/**
 * Where the embedded server keeps its data: the configured folder, else `.guildhall/` in the checkout.
 *
 * When we are root the server runs as another user. If this user cannot enter the checkout (under a closed home such as
 * /root), the data is kept in `/var/lib/guildhall/<hash of the place>` instead: each place has its own.
 */
export function chooseDataFolder({
  checkout,
  configured,
}: {
  checkout: string
  configured?: string | undefined
}): DataFolder {
  // Somebody's own choice is taken or refused, never replaced by another place.
  if (configured) return { folder: resolve(configured) }
  const wanted = join(checkout, '.guildhall')
  const user = unprivilegedUser(statSync(join(wanted, 'postgres'), { throwIfNoEntry: false })?.uid)
  // The folder itself may be closed: it is ours to open. Those above it are not.
  if (!user || isReachable(nearestExisting(dirname(wanted)), user)) return { folder: wanted }
  const folder = join('/var/lib/guildhall', createHash('sha256').update(wanted).digest('hex').slice(0, 12))
  return {
    folder,
    notice: `PostgreSQL runs as "${user.name}", who cannot enter ${wanted}: the data is kept in ${folder}`,
  }
}

/** The folder itself or the closest parent that exists: what we create below it is open. */
function nearestExisting(folder: string): string {
  return existsSync(folder) || folder === dirname(folder) ? folder : nearestExisting(dirname(folder))
}
