import { type ChildProcess, spawn } from 'node:child_process'
import { identity } from './cluster.ts'
import type { UnprivilegedUser } from './unprivileged-user.ts'

/**
 * Stops a server when we die without stopping it, kill -9 included: a shell waits on a pipe that only this process holds,
 * and the end of the pipe is the end of us.
 *
 * @param folder removed after the server's end: the data of a test.
 * @returns dismisses the watchdog, after the server was stopped.
 */
export function watchParent(
  server: ChildProcess,
  user: UnprivilegedUser | undefined,
  folder?: string,
): () => void {
  if (process.platform === 'win32' || server.pid === undefined) return () => {}
  const dog = spawn('/bin/sh', ['-c', script, 'guildhall-watchdog', String(server.pid), folder ?? ''], {
    ...identity(user),
    env: { PATH: '/usr/bin:/bin' },
    cwd: '/',
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  dog.on('error', () => {})
  dog.unref()
  const pipe = dog.stdin as (typeof dog.stdin & { unref?: () => void }) | null
  pipe?.on('error', () => {})
  pipe?.unref?.()
  return () => dog.kill('SIGKILL')
}

const script = `
read -r _
kill -INT "$1" 2>/dev/null
[ -n "$2" ] || exit 0
while kill -0 "$1" 2>/dev/null; do sleep 0.1; done
rm -rf -- "$2"
`
