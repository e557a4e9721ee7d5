import type { SubgraphDefinition } from '@guildhall/kit/define-subgraph'
import { z } from 'zod'

/** `schema/events.json`: every event of the house with who publishes it, who reacts to it, and its JSON Schema. */
export function eventsJson(definitions: readonly SubgraphDefinition[]): string {
  const events = definitions
    .flatMap(({ domain, contract }) =>
      contract.events.map(({ name, version, description, payload }) => ({
        name,
        version,
        description,
        publisher: domain,
        consumers: consumersOf(name, definitions),
        payload: z.toJSONSchema(payload),
      })),
    )
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  return `${JSON.stringify(events, null, 2)}\n`
}

/** The domains that react to an event. */
export const consumersOf = (name: string, definitions: readonly SubgraphDefinition[]): string[] =>
  definitions
    .filter(({ reactions }) => reactions.some(({ event }) => event.name === name))
    .map(({ domain }) => domain)
    .sort()
