import { createClient } from 'graphql-ws'
import { WebSocket } from 'ws'

/** What came back over a socket, as a client sees it. */
export interface SocketAnswer {
  data?: Record<string, unknown> | null
  errors?: readonly { message: string; extensions?: { code?: string } }[]
}

/** One socket that stays open for one operation after the other. */
export interface Socket {
  run(query: string, variables?: object): Promise<SocketAnswer>
  close(): Promise<void>
}

export function openSocket(url: string, accessToken: string | null, path = '/graphql'): Socket {
  const client = createClient({
    url: `${url.replace('http', 'ws')}${path}`,
    webSocketImpl: WebSocket,
    connectionParams: accessToken ? { authorization: `Bearer ${accessToken}` } : {},
    lazyCloseTimeout: 60_000,
    retryAttempts: 0,
  })
  return {
    async run(query, variables = {}) {
      for await (const answer of client.iterate({ query, variables: { ...variables } })) {
        return answer as SocketAnswer
      }
      throw new Error('the socket gave no answer')
    },
    close: async () => client.dispose(),
  }
}
