// Preloaded into every measured process: answers "usage" over IPC with what it has spent so far. Threads count; other
// processes that it starts would not, and none of the targets starts one.
const spent = globalThis as { benchFetches?: number }
process.on('message', (message) => {
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
