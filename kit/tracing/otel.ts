// Loaded only where traces are recorded.
import { AsyncLocalStorage } from 'node:async_hooks'
import { randomUUID } from 'node:crypto'
import {
  type Context,
  type Span as OtelSpan,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources'
import { BatchSpanProcessor, NodeTracerProvider, RandomIdGenerator } from '@opentelemetry/sdk-trace-node'
import { version } from '../version.ts'
import { samplerFrom } from './sampler.ts'
import type { TraceContext } from './trace-context.ts'
import type { SamplerSettings, Span, SpanOptions, Tracing } from './tracing.ts'

export interface OtelOptions extends SamplerSettings {
  /** Where spans go: OTLP over HTTP, JSON. */
  url: string
  service: string
  decides: boolean
}

const kinds = { server: SpanKind.SERVER, client: SpanKind.CLIENT, inside: SpanKind.INTERNAL }

/** Nothing is registered globally: what is current is known by us alone, and several of us may be in one process. */
export function startTracing(options: OtelOptions): Tracing {
  const ids = foretoldIds()
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({
      'service.name': options.service,
      'service.version': version,
      'service.instance.id': randomUUID(),
    }).merge(detectResources({ detectors: [envDetector] })),
    sampler: samplerFrom(options, options.decides),
    idGenerator: ids,
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ url: options.url }))],
  })
  const tracer = provider.getTracer('guildhall', version)
  const current = new AsyncLocalStorage<OtelSpan>()
  const known = new WeakMap<Span, OtelSpan>()

  const contextOf = ({ parent, as }: SpanOptions): Context => {
    const before = parent ?? (as?.parentSpanId ? { ...as, spanId: as.parentSpanId } : undefined)
    if (before) return trace.setSpanContext(ROOT_CONTEXT, remote(before))
    const span = as ? undefined : current.getStore()
    return span ? trace.setSpan(ROOT_CONTEXT, span) : ROOT_CONTEXT
  }
  return {
    begin(name, given = {}) {
      ids.foretell(given.as)
      const span = tracer.startSpan(
        name,
        { kind: kinds[given.kind ?? 'inside'], attributes: { ...given.facts } },
        contextOf(given),
      )
      const { traceId, spanId, traceFlags } = span.spanContext()
      const own: Span = {
        context: { traceId, spanId, sampled: (traceFlags & TraceFlags.SAMPLED) !== 0 },
        end(facts = {}, error) {
          span.setAttributes(facts)
          if (error !== undefined) {
            span.setAttribute('error.type', errorType(error))
            span.setStatus({ code: SpanStatusCode.ERROR })
          }
          span.end()
        },
      }
      known.set(own, span)
      return own
    },
    within(span, work) {
      const inner = known.get(span)
      return inner ? current.run(inner, work) : work()
    },
    isUnderWay: () => current.getStore()?.isRecording() === true,
    close: () => provider.shutdown(),
  }
}

const remote = ({ traceId, spanId, sampled }: TraceContext) => ({
  traceId,
  spanId,
  traceFlags: sampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
  isRemote: true,
})

/** Messages quote inputs; codes do not. */
function errorType(error: unknown): string {
  const { code, extensions } = error as { code?: unknown; extensions?: { code?: unknown } }
  const told = extensions?.code ?? code
  return typeof told === 'string' ? told : error instanceof Error ? error.name : typeof error
}

/** Ids as the SDK makes them, or those that were told to somebody before the step began. Spans start synchronously. */
function foretoldIds() {
  const random = new RandomIdGenerator()
  let foretold: TraceContext | undefined
  return {
    foretell(ids: TraceContext | undefined) {
      foretold = ids
    },
    generateTraceId: () => foretold?.traceId ?? random.generateTraceId(),
    generateSpanId: () => foretold?.spanId ?? random.generateSpanId(),
  }
}
