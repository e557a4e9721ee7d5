import { defineSubgraph } from '@guildhall/kit/define-subgraph'
import contract from './contract.ts'
import { loaders } from './loaders.ts'
import { privacy } from './privacy.ts'
import { reactions } from './reactions.ts'
import { resolvers } from './resolvers/index.ts'
import { backbone, judgingSchema } from './tables.ts'

export default defineSubgraph({
  folder: import.meta.dirname,
  contract,
  schema: judgingSchema,
  backbone,
  resolvers,
  loaders,
  reactions,
  privacy,
})
