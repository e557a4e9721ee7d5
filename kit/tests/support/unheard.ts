const event = 'unhandledRejection'

/** Runs `work` and tells which promises it left behind failed with nobody waiting, instead of failing the test for them. */
export async function unheardFailuresOf<Result>(
  work: () => Result | PromiseLike<Result>,
): Promise<{ result: Result; unheard: unknown[] }> {
  const unheard: unknown[] = []
  const usual = process.listeners(event)
  process.removeAllListeners(event)
  process.on(event, (error) => unheard.push(error))
  try {
    const result = await work()
    // Node tells of such promises once the microtasks are done.
    await new Promise((resolve) => setImmediate(resolve))
    return { result, unheard }
  } finally {
    process.removeAllListeners(event)
    for (const listener of usual) process.on(event, listener)
  }
}
