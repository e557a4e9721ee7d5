/**
 * The gateway reports to its vendor unless this variable, which it reads itself, says otherwise. Everything else that a
 * router needs comes as options (`router.ts`) or as arguments (`standalone.ts`).
 */
export function disableApolloTelemetry(environment: NodeJS.ProcessEnv = process.env): void {
  environment.APOLLO_TELEMETRY_DISABLED = 'true'
}
