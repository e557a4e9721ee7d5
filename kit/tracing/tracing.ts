import type { Config } from '../config.ts'
import type { TraceContext } from './trace-context.ts'

/** What is known of a step: ids and words of ours, never what somebody has sent. */
export type Facts = Readonly<Record<string, string | number>>

/** A step of a trace under way. */
export interface Span {
  /** By which later steps, also of other processes, know it. */
  readonly context: TraceContext
  /** @param error why it failed, if it did; only its code is told. */
  end(facts?: Facts, error?: unknown): void
}

export interface SpanOptions {
  /** Default: something inside of this process. */
  kind?: 'server' | 'client'
  /** The step before; default: the current one. Without one a trace begins. */
  parent?: TraceContext | undefined
  /** The step's own ids, where they were told before it began. */
  as?: TraceContext
  facts?: Facts
}

/** Records steps. It is there only where somebody wants them; nothing of it is loaded otherwise. */
export interface Tracing {
  begin(name: string, options?: SpanOptions): Span
  /** Runs work with this step as the current one. */
  within<T>(span: Span, work: () => T): T
  /** Whether a step is under way here. */
  isUnderWay(): boolean
  /** Sends what is left. */
  close(): Promise<void>
}

/** A step around work. */
export async function step<T>(
  tracing: Tracing,
  name: string,
  options: SpanOptions,
  work: (context: TraceContext) => Promise<T>,
): Promise<T> {
  const span = tracing.begin(name, options)
  try {
    const result = await tracing.within(span, () => work(span.context))
    span.end()
    return result
  } catch (error) {
    span.end({}, error)
    throw error
  }
}

/**
 * Records traces if the environment says where to: the SDK takes seconds to load and costs each request about a
 * millisecond.
 *
 * @param service what this process is called.
 * @param decides whether it decides what is recorded (the router does); others follow who asks them.
 */
export async function tracingFrom(
  config: Pick<Config, 'OTEL_EXPORTER_OTLP_ENDPOINT' | 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'> &
    SamplerSettings,
  service: string,
  decides: boolean,
): Promise<Tracing | undefined> {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: base, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: exact } = config
  const url = exact ?? (base && `${base.replace(/\/$/, '')}/v1/traces`)
  if (!url) return undefined
  const { startTracing } = await import('./otel.ts')
  return startTracing({ url, service, decides, ...config })
}

export type SamplerSettings = Pick<Config, 'OTEL_TRACES_SAMPLER' | 'OTEL_TRACES_SAMPLER_ARG'>
