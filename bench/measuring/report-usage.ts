// Preloaded into every measured process: answers "usage" over IPC with what it has spent so far, and "kept" with what is
// still in memory once all garbage is collected. Threads count; other processes that it starts would not, and none of the
// targets starts one.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

const spent = globalThis as { benchFetches?: number }
process.on('message', (message) => {
  if (message === 'kept') {
    collectGarbage()
    const { heapUsed, external } = process.memoryUsage()
    process.send?.({ heapBytes: heapUsed, externalBytes: external })
  }
  if (message !== 'usage') return
  const { user, system } = process.cpuUsage()
  process.send?.({
    cpuMicros: user + system,
    rssBytes: process.memoryUsage.rss(),
    fetches: spent.benchFetches ?? 0,
  })
})
// Measuring must not keep a process alive that has nothing else to do.
process.channel?.unref()

/** Twice: what had finalizers is gone after the second. The flag is set late so that nothing else runs with it. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  collect()
}
