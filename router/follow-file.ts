import { statSync } from 'node:fs'

/**
 * Looks every so often whether a file is another one than when this was called, or has changed; to be called before the
 * file is read, so that no change falls in between. Asks for the state of the name instead of listening to the system:
 * editors and deployments put another file in its place, and folders of containers tell nobody.
 *
 * @returns a function that stops it.
 */
export function followFile(file: string, everyMs: number, changed: () => void): () => void {
  let last = stateOf(file)
  const timer = setInterval(() => {
    const now = stateOf(file)
    if (now === last) return
    last = now
    changed()
  }, everyMs)
  timer.unref()
  return () => clearInterval(timer)
}

function stateOf(file: string): string {
  try {
    const { ino, size, mtimeNs } = statSync(file, { bigint: true })
    return `${ino} ${size} ${mtimeNs}`
  } catch {
    return 'not there'
  }
}
