// Preloaded into every measured process: answers "usage" over IPC with what it has spent so far.
process.on('message', (message) => {
  if (message !== 'usage') return
  const { user, system } = process.cpuUsage()
  process.send?.({ cpuMicros: user + system, rssBytes: process.memoryUsage.rss() })
})
// Measuring must not keep a process alive that has nothing else to do.
process.channel?.unref()
