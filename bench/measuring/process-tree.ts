import { readdirSync, readFileSync } from 'node:fs'

/** Microseconds per tick of `/proc`: USER_HZ is 100 on every architecture that Node runs on. */
const tickMicros = 10_000

/**
 * CPU time of a process and all that it has started, those that have ended included; undefined where there is no
 * `/proc`. Fields as in proc(5): utime, stime, cutime, cstime are 14 to 17.
 */
export function cpuMicrosOfTree(pid: number): number | undefined {
  const own = statOf(pid)
  if (!own) return undefined
  let ticks = own.slice(13, 17).reduce((sum, field) => sum + Number(field), 0)
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    const child = statOf(Number(entry))
    if (child && Number(child[3]) === pid) ticks += Number(child[13]) + Number(child[14])
  }
  return ticks * tickMicros
}

/** The fields of a process, counted from 0; the second, its name, may hold spaces and is left out. */
function statOf(pid: number): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return [String(pid), '', ...text.slice(text.lastIndexOf(')') + 2).split(' ')]
  } catch {
    return undefined
  }
}
