/** Something that may be away. */
export interface Check {
  name: string
  /** Facts worth seeing, if any. @throws Error when it does not work; the message is shown. */
  look(signal: AbortSignal): Promise<object | undefined>
}

/** How a check went. */
export interface CheckResult {
  status: 'UP' | 'DOWN'
  ms: number
  problem?: string
}

/** Looks at everything at once; what takes longer than `withinMs` counts as away. */
export async function runChecks(
  checks: readonly Check[],
  withinMs: number,
): Promise<Record<string, CheckResult>> {
  return Object.fromEntries(
    await Promise.all(checks.map(async (check) => [check.name, await run(check, withinMs)] as const)),
  )
}

async function run(check: Check, withinMs: number): Promise<CheckResult> {
  const startedAt = performance.now()
  const ms = () => Math.round((performance.now() - startedAt) * 10) / 10
  try {
    const facts = await within(withinMs, (signal) => check.look(signal))
    return { status: 'UP', ms: ms(), ...facts }
  } catch (error) {
    return { status: 'DOWN', ms: ms(), problem: error instanceof Error ? error.message : String(error) }
  }
}

/** Gives up on work that takes too long, whether or not it heeds its signal. @throws Error when it does. */
export async function within<T>(ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController()
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    const late = new Error(`no answer within ${ms} ms`)
    reject(late)
    controller.abort(late)
  }, ms)
  try {
    return await Promise.race([work(controller.signal), promise])
  } finally {
    clearTimeout(timer)
  }
}
