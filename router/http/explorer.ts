import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { FastifyInstance } from 'fastify'
import { noSuchView } from '../operations/errors.ts'
import { wholeApi } from '../schema/views.ts'

/** What the pages for people show. */
export interface ExplorerOptions {
  graphqlPath: string
  hasView(view: string): boolean
  /** The operation that an empty editor starts with. */
  defaultQuery?: string | undefined
}

const offlineHint = 'it appears that you might be offline.'

/**
 * `/` is Apollo Sandbox, which comes from the internet; `/explore` is GraphiQL, which comes from this machine, and
 * `/explore/<name>` the same for a contract.
 */
export function registerExplorer(app: FastifyInstance, options: ExplorerOptions): void {
  app.get('/', async (_request, reply) => {
    reply.type('text/html; charset=utf-8').headers(pageHeaders)
    return sandboxPage(await landingPage(), options.graphqlPath)
  })

  const explorers = new Map<string, ReturnType<typeof explorerPage>>()
  const explorerOf = (view: string) => {
    const known = explorers.get(view)
    if (known) return known
    // What the editor of the whole API starts with may mean nothing to a contract.
    const page =
      view === wholeApi
        ? explorerPage(options)
        : explorerPage({ graphqlPath: `${options.graphqlPath}/${view}`, defaultQuery: undefined })
    explorers.set(view, page)
    return page
  }
  app.get<{ Params: { view?: string } }>('/explore/:view?', async (request, reply) => {
    const { view = wholeApi } = request.params
    if (!options.hasView(view)) throw noSuchView()
    const { plain, zipped } = await explorerOf(view)
    reply.type('text/html; charset=utf-8').headers(pageHeaders)
    if (!request.headers['accept-encoding']?.includes('gzip')) return plain
    return reply.header('content-encoding', 'gzip').send(zipped)
  })
}

/** Nobody may show these pages in a frame and have people click in them. Their scripts are inline, and not ours. */
const pageHeaders = {
  'content-security-policy': "frame-ancestors 'none'; base-uri 'none'; form-action 'none'; object-src 'none'",
  'referrer-policy': 'no-referrer',
}

/** Apollo Server's landing page: the hosted Apollo Sandbox in a frame. Loaded when somebody asks. */
async function landingPage(): Promise<string> {
  const { ApolloServer, HeaderMap } = await import('@apollo/server')
  const { ApolloServerPluginLandingPageLocalDefault: page } = await import(
    '@apollo/server/plugin/landingPage/default'
  )
  const server = new ApolloServer({
    typeDefs: 'type Query { unused: Int }',
    plugins: [page({ embed: { runTelemetry: false } })],
    stopOnTerminationSignals: false,
  })
  await server.start()
  const { body } = await server.executeHTTPGraphQLRequest({
    httpGraphQLRequest: {
      method: 'GET',
      headers: new HeaderMap([['accept', 'text/html']]),
      search: '',
      body: undefined,
    },
    context: () => Promise.reject(new Error('a page has no context')),
  })
  await server.stop()
  return body.kind === 'complete' ? body.string : ''
}

/** The page assumes that it is served where the API is, and knows no way out without internet. */
export function sandboxPage(landingPage: string, graphqlPath: string): string {
  return landingPage
    .replace('window.location.href', `new URL('${graphqlPath}', window.location.href).href`)
    .replace(
      'initialEndpoint,\n',
      "initialEndpoint,\n      initialSubscriptionEndpoint: initialEndpoint.replace(/^http/, 'ws'),\n",
    )
    .replace(
      offlineHint,
      `${offlineHint} <a href="/explore">The explorer at /explore works without internet.</a>`,
    )
}

/** Nine megabytes: loaded and zipped when somebody asks, then kept zipped. */
async function explorerPage({
  graphqlPath,
  defaultQuery,
}: Pick<ExplorerOptions, 'graphqlPath' | 'defaultQuery'>) {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql')
  const plain = forwardHeadersToSockets(
    renderGraphiQL({
      endpoint: graphqlPath,
      subscriptionsProtocol: 'WS',
      title: 'Guildhall',
      ...(defaultQuery ? { defaultQuery } : {}),
    }),
  )
  return { plain, zipped: await promisify(gzip)(plain) }
}

/** Without this, the headers that a person types (`Authorization`) reach queries but not subscriptions. */
export function forwardHeadersToSockets(page: string): string {
  return page.replace(
    /extensions:\{headers:(\w+)\?\.headers\}/,
    (_match, options: string) =>
      `extensions:{headers:${options}?.headers,connectionParams:${options}?.headers}`,
  )
}
