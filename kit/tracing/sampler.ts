import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-node'
import type { SamplerSettings } from './tracing.ts'

/**
 * What is recorded. Who decides does so for every trace, by its id: the flag that a client sends would let anybody have
 * everything recorded. Others follow who asks them, so that traces are whole.
 */
export function samplerFrom(settings: SamplerSettings, decides: boolean): Sampler {
  const root = rootSampler(settings)
  return decides
    ? new ParentBasedSampler({ root, remoteParentSampled: root, remoteParentNotSampled: root })
    : new ParentBasedSampler({ root })
}

function rootSampler({
  OTEL_TRACES_SAMPLER: name,
  OTEL_TRACES_SAMPLER_ARG: ratio,
}: SamplerSettings): Sampler {
  switch (name.replace('parentbased_', '')) {
    case 'always_off':
      return new AlwaysOffSampler()
    case 'traceidratio':
      return new TraceIdRatioBasedSampler(ratio)
    default:
      return new AlwaysOnSampler()
  }
}
