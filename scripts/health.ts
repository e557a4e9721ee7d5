// The container's health check: exit code 0 when this container's process is ready.
const { PORT = '4000' } = process.env
const response = await fetch(`http://127.0.0.1:${PORT}/health/ready`, {
  signal: AbortSignal.timeout(3_000),
}).catch((error: Error) => error)
const problem = response instanceof Error ? response.message : response.ok ? '' : await response.text()
if (problem) console.error(problem)
process.exit(problem ? 1 : 0)

export {}
