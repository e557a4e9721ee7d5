import { commandOf, isAlive, parentOf } from '@guildhall/kit/postgres/process-facts'

/**
 * Calls back once the npm that started us is gone. npm runs a script through a shell, and whoever ends npm or that
 * shell by a signal does not reach us: we would stay behind, holding the port.
 *
 * Does nothing in a process that npm did not start: a daemon's parent may well end.
 */
export function onNpmGone(callback: () => void): void {
  const { npm_lifecycle_event: script } = process.env
  if (script === undefined) return
  const parent = process.ppid
  const grandparent = parentOf(parent)
  const npm =
    grandparent !== undefined && /\bnpm\b/.test(commandOf(grandparent) ?? '') ? grandparent : undefined
  const timer = setInterval(() => {
    if (process.ppid === parent && (npm === undefined || isAlive(npm))) return
    clearInterval(timer)
    callback()
  }, 250)
  timer.unref()
}
