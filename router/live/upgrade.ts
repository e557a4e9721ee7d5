import type { IncomingMessage } from 'node:http'
import { hasCredential } from '../callers/credentials.ts'
import type { SchemaDelivery } from '../schema/schema-state.ts'
import { viewAt } from '../schema/view-path.ts'

export interface UpgradeRules {
  path: string
  schemas: SchemaDelivery
  allowsOrigin(origin: string, host: string | undefined): boolean
}

/** The view of the schema that an upgrade asks for, or the status line with which it is refused. */
export function readUpgrade(
  { url = '', headers }: IncomingMessage,
  { path, schemas, allowsOrigin }: UpgradeRules,
): { view: string } | { refusal: string } {
  const view = viewAt(path, url.split('?', 1)[0] ?? '')
  if (view === undefined || !schemas.now().views.get(view)) return { refusal: '404 Not Found' }
  if (hasCredential(url)) return { refusal: '400 Bad Request' }
  const { origin, host } = headers
  if (origin !== undefined && !allowsOrigin(origin, host)) return { refusal: '403 Forbidden' }
  return { view }
}
