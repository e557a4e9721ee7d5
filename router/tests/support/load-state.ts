import { GuildGateway } from '../../schema/gateway.ts'
import { deliverSchema, type SchemaDelivery } from '../../schema/schema-state.ts'

const silent = () => {}

/** A supergraph as a router holds it; nothing can be executed. */
export async function loadSchemas(
  supergraphSdl: string,
  contracts: readonly string[] = [],
): Promise<SchemaDelivery> {
  const gateway = GuildGateway.create({
    supergraphSdl,
    isServed: () => true,
    logger: { debug: silent, info: silent, warn: silent, error: silent },
  })
  return deliverSchema(gateway, {}, contracts)
}
