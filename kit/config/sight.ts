// What operators may see of a process. Explained for them in docs/operations.md.
import { z } from 'zod'
import { readDsn } from '../faults/sentry-dsn.ts'
import { list } from './kinds.ts'

/** Port of metrics and details where nothing else is said. */
export const defaultMetricsPort = 9464

export const sightSettings = {
  /** Metrics and detailed health are served here, for operators alone; 0: nowhere. Default: 9464 in production. */
  METRICS_PORT: z.coerce.number().int().min(0).max(65_535).optional(),
  /** On which address; default: `HOST`. */
  METRICS_HOST: z.string().optional(),
  /** Names of operations that have a metric of their own, besides those of the manifest of persisted operations. */
  METRICS_OPERATIONS: list.optional(),
  /** Who knows it may read `/health/detailed` on the router's own port too; absent: nobody may. */
  HEALTH_TOKEN: z.string().min(16).optional(),
  /** Where traces go, as OpenTelemetry names it: OTLP over HTTP, below this or exactly there. Absent: nowhere. */
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
  /** Which traces are recorded, and of how many (0 to 1) where it goes by a ratio. */
  OTEL_TRACES_SAMPLER: z
    .enum([
      'always_on',
      'always_off',
      'traceidratio',
      'parentbased_always_on',
      'parentbased_always_off',
      'parentbased_traceidratio',
    ])
    .default('parentbased_always_on'),
  OTEL_TRACES_SAMPLER_ARG: z.coerce.number().min(0).max(1).default(1),
  /** Where faults are reported: the DSN of a project at Sentry, or at somebody who speaks its protocol. Absent: nowhere. */
  SENTRY_DSN: z
    .string()
    .transform((dsn, ctx) => {
      const ingest = readDsn(dsn)
      if (ingest) return ingest
      ctx.addIssue({ code: 'custom', message: 'not a DSN (https://<key>@<host>/<project>)' })
      return z.NEVER
    })
    .optional(),
  /** The commit that this process was built from: told in `/health/detailed`. */
  GIT_SHA: z
    .string()
    .regex(/^[0-9a-f]{7,40}$/)
    .optional(),
}
