import { defineSubgraph } from '@guildhall/kit/define-subgraph'
import contract from './contract.ts'
import { loaders } from './loaders.ts'
import { resolvers } from './resolvers.ts'
import { backbone, depotSchema } from './tables.ts'

export default defineSubgraph({
  folder: import.meta.dirname,
  contract,
  schema: depotSchema,
  backbone,
  resolvers,
  loaders,
})
