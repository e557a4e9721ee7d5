/** What operators see of a router. */
export interface SightTuning {
  /** Who sends it as a bearer token may read `/health/detailed` on the router's own port. Default: nobody may. */
  healthToken?: string | undefined
  /** The commit that it was built from, told there. */
  gitSha?: string | undefined
  /** Names of operations that have a metric of their own, besides those of the manifest. */
  operations?: readonly string[] | undefined
}
