import { type IncomingMessage, request } from 'node:http'
import { until } from './world.ts'

/** One server-sent event. */
export interface ServerEvent {
  event: string
  data: unknown
}

/** A stream of events as it comes over the wire. */
export interface WireStream {
  status: number
  headers: IncomingMessage['headers']
  events: ServerEvent[]
  /** Everything that was received. */
  text(): string
  ended: Promise<'ended' | 'cut'>
  response: IncomingMessage
  leave(): void
}

export interface WireOptions {
  method?: 'GET' | 'POST'
  headers?: Record<string, string>
  token?: string | Promise<string>
  path?: string
}

/** Sends one operation and asks for events; resolves with the beginning of the answer. */
export async function openEvents(
  url: string,
  operation: object,
  { method = 'POST', headers = {}, token, path = '/graphql' }: WireOptions = {},
): Promise<WireStream> {
  const query = method === 'GET' ? `?${new URLSearchParams(asParameters(operation))}` : ''
  const sending = request(`${url}${path}${query}`, {
    method,
    headers: {
      accept: 'text/event-stream',
      ...(method === 'POST' ? { 'content-type': 'application/json' } : {}),
      ...(token === undefined ? {} : { authorization: `Bearer ${await token}` }),
      ...headers,
    },
  })
  sending.end(method === 'POST' ? JSON.stringify(operation) : undefined)
  const response = await new Promise<IncomingMessage>((resolve, reject) =>
    sending.once('response', resolve).once('error', reject),
  )
  let text = ''
  const events: ServerEvent[] = []
  response.setEncoding('utf8')
  response.on('data', (chunk: string) => {
    text += chunk
    events.splice(0, events.length, ...parsed(text))
  })
  const ended = new Promise<'ended' | 'cut'>((resolve) => {
    response.once('end', () => resolve('ended')).once('error', () => resolve('cut'))
  })
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    events,
    text: () => text,
    ended,
    response,
    leave: () => void sending.destroy(),
  }
}

/** Until a stream has so many events. */
export const untilEvents = (stream: WireStream, count: number): Promise<void> =>
  until(() => stream.events.length >= count)

const asParameters = (operation: object): Record<string, string> =>
  Object.fromEntries(
    Object.entries(operation).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  )

/** The whole events of a text; comments are none. */
function parsed(text: string): ServerEvent[] {
  return text
    .split('\n\n')
    .slice(0, -1)
    .filter((block) => !block.startsWith(':'))
    .map((block) => {
      const field = (name: string) => new RegExp(`^${name}: ?(.*)$`, 'm').exec(block)?.[1] ?? ''
      const data = field('data')
      return { event: field('event'), data: data === '' ? null : JSON.parse(data) }
    })
}
