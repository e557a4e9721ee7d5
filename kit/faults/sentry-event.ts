import { randomUUID } from 'node:crypto'

/** A line of the log about a fault; the log has taken out what is secret or personal. */
export interface FaultLine {
  time?: string
  level?: string
  service?: string
  version?: string
  msg?: string
  code?: string
  subgraph?: string
  trace_id?: string
  requestId?: string
  errorId?: string
  command?: string
  err?: LoggedError
}

interface LoggedError {
  type?: string
  message?: string
  stack?: string
  cause?: LoggedError
}

/** One event in an envelope: three lines of JSON, see https://develop.sentry.dev/sdk/envelopes/ */
export function toEnvelope(line: FaultLine, environment: string, dropped: number): string {
  const eventId = randomUUID().replaceAll('-', '')
  const { service, version, code, subgraph, command, trace_id, requestId, errorId } = line
  const event = {
    event_id: eventId,
    timestamp: line.time,
    platform: 'node',
    level: line.level === 'fatal' ? 'fatal' : 'error',
    environment,
    release: `guildhall@${version}`,
    server_name: service,
    logentry: { formatted: line.msg },
    ...(line.err ? { exception: { values: exceptions(line.err) } } : {}),
    tags: { code, subgraph, command, trace_id },
    extra: { requestId, errorId, ...(dropped > 0 ? { dropped } : {}) },
  }
  const items = [{ event_id: eventId, sent_at: line.time }, { type: 'event' }, event]
  return `${items.map((item) => JSON.stringify(item)).join('\n')}\n`
}

/** The innermost cause first, as the protocol wants it. */
function exceptions(error: LoggedError): object[] {
  const own = {
    type: error.type,
    value: error.message,
    ...(error.stack ? { stacktrace: { frames: frames(error.stack) } } : {}),
  }
  return [...(error.cause ? exceptions(error.cause) : []), own]
}

/** `at name (file:line:column)` or `at file:line:column`; the oldest call first. */
function frames(stack: string): object[] {
  return stack
    .split('\n')
    .flatMap((text) => {
      const [, name, filename, line, column] = /^\s*at (?:(.+) \()?(.+?):(\d+):(\d+)\)?$/.exec(text) ?? []
      if (filename === undefined) return []
      const isOurs = !/node_modules|^node:/.test(filename)
      return [{ function: name, filename, lineno: Number(line), colno: Number(column), in_app: isOurs }]
    })
    .reverse()
}
