import { createClient } from 'graphql-ws'
import { WebSocket } from 'ws'

/** What a single-page app receives. */
export interface Answer<Data> {
  status: number
  data: Data
  errors: { message: string; path?: (string | number)[]; extensions: { code: string; retryable?: boolean } }[]
}

/** A single-page app: HTTP for operations, graphql-ws for live streams, a bearer token once logged in. */
export interface Client {
  accessToken: string | null
  userId: string
  request<Data = Record<string, never>>(query: string, variables?: object): Promise<Answer<Data>>
  /**
   * Runs a mutation with its one `input` and gives its payload; throws when anything is wrong with it. With an
   * `idempotencyKey` it does what clients are told: what may be sent again is sent again.
   */
  mutate<Payload = Record<string, never>>(name: string, input: object, selection: string): Promise<Payload>
  /** Opens a live stream on a socket of its own. */
  stream<Data>(query: string, variables?: object): Stream<Data>
}

/** A live stream whose items can be awaited. */
export interface Stream<Data> {
  /** Everything received so far. */
  received: Data[]
  /** Resolves with the first item, seen or to come, that fits; fails when none comes within the given time (10 s). */
  until(fits: (data: Data) => boolean, withinSeconds?: number): Promise<Data>
  close(): Promise<void>
}

const triesMax = 20

const mayAskAgain = (errors: Answer<unknown>['errors']): boolean =>
  errors.length > 0 && errors.every(({ extensions }) => extensions.retryable === true)

/** A client of the router at `url`. */
export function createTestClient(url: string): Client {
  const client: Client = {
    accessToken: null,
    userId: '',
    async request<Data>(query: string, variables: object = {}) {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(client.accessToken ? { authorization: `Bearer ${client.accessToken}` } : {}),
        },
        body: JSON.stringify({ query, variables }),
      })
      const { data, errors } = (await response.json()) as Partial<Answer<Data>>
      return { status: response.status, data: data as Data, errors: errors ?? [] }
    },
    async mutate<Payload>(name: string, input: object, selection: string) {
      const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input!`
      const query = `mutation ($input: ${type}) { ${name}(input: $input) { ${selection} userErrors { code message path } } }`
      const ask = () => client.request<Record<string, Payload & { userErrors: object[] }>>(query, { input })
      let { data, errors } = await ask()
      for (let again = 0; again < triesMax && 'idempotencyKey' in input && mayAskAgain(errors); again++) {
        ;({ data, errors } = await ask())
      }
      const payload = data?.[name]
      if (!payload || errors.length > 0 || payload.userErrors.length > 0) {
        throw new Error(`${name}: ${JSON.stringify(errors.length > 0 ? errors : payload?.userErrors)}`)
      }
      return payload
    },
    stream: <Data>(query: string, variables: object = {}) =>
      openStream<Data>(url, client.accessToken, query, variables),
  }
  return client
}

function openStream<Data>(url: string, token: string | null, query: string, variables: object): Stream<Data> {
  const socket = createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: token ? { authorization: `Bearer ${token}` } : {},
    retryAttempts: 0,
  })
  const received: Data[] = []
  const waiting = new Set<() => void>()
  let failure: unknown
  const wake = () => {
    for (const look of waiting) look()
  }
  const stop = socket.subscribe<Data>(
    { query, variables: { ...variables } },
    {
      next: ({ data, errors }) => {
        if (errors) failure = new Error(JSON.stringify(errors))
        else if (data) received.push(data)
        wake()
      },
      error: (error) => {
        failure = error
        wake()
      },
      complete: wake,
    },
  )
  return {
    received,
    until: (fits, withinSeconds = 10) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          waiting.delete(look)
          reject(new Error(`nothing fitting came within ${withinSeconds} s; ${received.length} items came`))
        }, withinSeconds * 1000)
        const settle = (finish: () => void) => {
          waiting.delete(look)
          clearTimeout(timer)
          finish()
        }
        const look = () => {
          const found = received.find(fits)
          if (found) settle(() => resolve(found))
          else if (failure) settle(() => reject(failure))
        }
        waiting.add(look)
        look()
      }),
    close: async () => {
      stop()
      await socket.dispose()
    },
  }
}
