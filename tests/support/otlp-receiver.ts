import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A span as a collector gets it. */
export interface ReceivedSpan {
  traceId: string
  spanId: string
  parentSpanId: string | undefined
  name: string
  /** What the process is called that has recorded it. */
  service: string
  facts: Record<string, unknown>
  failed: boolean
}

/** A collector that keeps what it is sent: OTLP over HTTP, JSON. */
export interface OtlpReceiver {
  url: string
  spans: ReceivedSpan[]
  /** Everything as it came. */
  raw: string[]
  close(): Promise<void>
}

interface Attribute {
  key: string
  value: Record<string, unknown>
}

interface ExportRequest {
  resourceSpans: {
    resource: { attributes: Attribute[] }
    scopeSpans: {
      spans: {
        traceId: string
        spanId: string
        parentSpanId?: string
        name: string
        attributes: Attribute[]
        status: { code?: number }
      }[]
    }[]
  }[]
}

const valuesOf = (attributes: readonly Attribute[]) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]))

const statusError = 2

export async function receiveOtlp(): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = []
  const raw: string[] = []
  const keep = (body: string) => {
    raw.push(body)
    for (const { resource, scopeSpans } of (JSON.parse(body) as ExportRequest).resourceSpans) {
      const service = String(valuesOf(resource.attributes)['service.name'])
      for (const { traceId, spanId, parentSpanId, name, attributes, status } of scopeSpans.flatMap(
        (s) => s.spans,
      )) {
        const failed = status.code === statusError
        spans.push({ traceId, spanId, parentSpanId, name, service, facts: valuesOf(attributes), failed })
      }
    }
  }
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (chunk: string) => {
      body += chunk
    })
    request.on('end', () => {
      if (request.url === '/v1/traces') keep(body)
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    raw,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
