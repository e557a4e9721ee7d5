// What operators may see of a process. Explained for them in docs/operations.md.
import { z } from 'zod'
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
  /** The commit that this process was built from: told in `/health/detailed`. */
  GIT_SHA: z
    .string()
    .regex(/^[0-9a-f]{7,40}$/)
    .optional(),
}
