#!/usr/bin/env node
import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'

const usage = `Usage: npm run router -- --supergraph FILE [options]
Serves a federation 2 supergraph over HTTP and WebSocket, to the subgraph URLs in the file.

  --supergraph FILE   the composed supergraph (SDL)
  --port N            default 4000
  --host HOST         default localhost
  --jwks URL          verify bearer tokens with these keys; without it every caller is anonymous to the
                      access directives. The Authorization header is forwarded to the subgraphs either way.
  --issuer ISS        the issuer that tokens must have (with --jwks)
  --audience AUD      the audience that tokens must have (with --jwks)
  --contracts TAGS    comma list of tags; what each includes is also served at /graphql/TAG
  --watch             serve the supergraph anew whenever the file changes; SIGHUP does so at any time
  --metrics-port N    Prometheus metrics and health for operators on a port of its own, without credentials
  --production        no introspection, no explorer, no suggestions in errors
  --log-level LEVEL   default warn`

/** A mistake of whoever starts the router: told in one line. */
class StartError extends Error {}

async function start(args: string[]): Promise<void> {
  const flags = readFlags(args)
  if (flags.help) return console.log(usage)
  const { supergraph: file } = flags
  if (!file) throw new StartError(`--supergraph is missing.\n\n${usage}`)
  const supergraphSdl = await readSupergraph(file)
  const port = readPort(flags.port)
  const metricsPort = flags['metrics-port'] === undefined ? undefined : readPort(flags['metrics-port'])

  // Loaded late: mistakes are told before seconds of loading.
  const { readSubgraphUrls } = await import('./schema/subgraph-urls.ts')
  const urls = readSubgraphUrls(supergraphSdl)
  const [
    { createLog },
    { createHttpUpstream },
    { guardUpstream },
    { createForeignResolver },
    { createRouter },
    { followSupergraphFile },
    { createMetrics },
    { measureProcess },
    { openInternalServer },
  ] = await Promise.all([
    import('@guildhall/kit/log'),
    import('@guildhall/kit/upstream-http'),
    import('@guildhall/kit/guarded-upstream'),
    import('./callers/foreign-resolver.ts'),
    import('./router.ts'),
    import('./schema/supergraph-file.ts'),
    import('@guildhall/kit/metrics/metrics'),
    import('@guildhall/kit/metrics/process-metrics'),
    import('@guildhall/kit/internal-server'),
  ])
  const log = createLog(flags['log-level'], undefined, 'router')
  const metrics = metricsPort === undefined ? undefined : createMetrics(log)
  const stopMeasuring = metrics && measureProcess(metrics, 'router')
  const upstreams = Object.fromEntries(
    Object.entries(urls).map(([name, url]) => [
      name,
      guardUpstream(createHttpUpstream({ name, url, log }), { name, log }),
    ]),
  )
  const callers = createForeignResolver({
    jwksUrl: flags.jwks,
    issuer: flags.issuer,
    audience: flags.audience,
  })
  const router = await createRouter({
    supergraphSdl,
    upstreams,
    callers,
    log,
    metrics,
    production: flags.production,
    contracts: flags.contracts?.split(',').filter(Boolean) ?? [],
    // How long pages may be is for the owners of the schema to say.
    gate: { limits: { pageSize: Number.POSITIVE_INFINITY } },
  })
  const supergraph = followSupergraphFile({
    file,
    served: supergraphSdl,
    watch: flags.watch,
    update(sdl) {
      refuseMoved(urls, readSubgraphUrls(sdl))
      router.update(sdl)
    },
    log,
  })
  process.on('SIGHUP', () => void supergraph.reload())
  const { url } = await router.listen(port, flags.host).catch((error: unknown) => {
    throw new StartError(listenProblem(error, port))
  })
  const { health } = router
  const operators =
    metrics && metricsPort !== undefined
      ? await openInternalServer({ port: metricsPort, host: flags.host, health, metrics }).catch(
          (error: unknown) => {
            throw new StartError(listenProblem(error, metricsPort))
          },
        )
      : undefined
  console.log(`Router for ${Object.keys(urls).join(', ')} at ${url}/graphql`)

  const stop = async () => {
    supergraph.stop()
    stopMeasuring?.()
    await router.close()
    await operators?.close()
    await Promise.all(Object.values(upstreams).map((upstream) => upstream.close()))
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop())
}

function readFlags(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        supergraph: { type: 'string' },
        port: { type: 'string', default: '4000' },
        host: { type: 'string', default: 'localhost' },
        jwks: { type: 'string' },
        issuer: { type: 'string' },
        audience: { type: 'string' },
        contracts: { type: 'string' },
        watch: { type: 'boolean', default: false },
        'metrics-port': { type: 'string' },
        production: { type: 'boolean', default: false },
        'log-level': { type: 'string', default: 'warn' },
        help: { type: 'boolean', default: false },
      },
    }).values
  } catch (error) {
    throw new StartError(error instanceof Error ? error.message : String(error))
  }
}

function readPort(text: string): number {
  const port = Number(text)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new StartError(`${text} is not a port.`)
  return port
}

async function readSupergraph(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => {
    throw new StartError(`${file} cannot be read.`)
  })
}

/** Connections are made at the start: a subgraph elsewhere would be asked at its old address. */
function refuseMoved(before: Record<string, string>, after: Record<string, string>): void {
  for (const [name, url] of Object.entries(after)) {
    if (before[name] !== undefined && before[name] !== url) {
      throw new Error(`The subgraph "${name}" has moved to ${url}: restart the router.`)
    }
  }
}

function listenProblem(error: unknown, port: number): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EADDRINUSE') return `Port ${port} is taken.`
  if (code === 'EACCES') return `Port ${port} may not be used by this user.`
  return error instanceof Error ? error.message : String(error)
}

start(process.argv.slice(2)).catch((error: unknown) => {
  // One line for people; whoever needs the rest asks for it.
  const [line] = (error instanceof Error ? error.message : String(error)).split(
    error instanceof StartError ? '\0' : '\n',
  )
  console.error(line)
  process.exit(1)
})
