import type { IncomingMessage } from 'node:http'
import type { SchemaDelivery } from '../schema/schema-state.ts'
import { viewAt } from '../schema/view-path.ts'

export interface UpgradeRules {
  path: string
  schemas: SchemaDelivery
  allowsOrigin(origin: string): boolean
}

/** The view of the schema that an upgrade asks for, or the status line with which it is refused. */
export function readUpgrade(
  { url = '', headers }: IncomingMessage,
  { path, schemas, allowsOrigin }: UpgradeRules,
): { view: string } | { refusal: string } {
  const view = viewAt(path, url.split('?', 1)[0] ?? '')
  if (view === undefined || !schemas.now().views.get(view)) return { refusal: '404 Not Found' }
  if (hasCredential(url)) return { refusal: '400 Bad Request' }
  if (headers.origin !== undefined && !allowsOrigin(headers.origin)) return { refusal: '403 Forbidden' }
  return { view }
}

const secretNames = /token|authorization|bearer|jwt|api[-_]?key|secret/i
const secretValues = /^(bearer |eyJ|ghk_)/i

/** Addresses are written into logs and histories: a credential in one is refused, so that nobody gets used to it. */
export function hasCredential(url: string): boolean {
  const start = url.indexOf('?')
  if (start < 0) return false
  for (const [name, value] of new URLSearchParams(url.slice(start)))
    if (secretNames.test(name) || secretValues.test(value)) return true
  return false
}
