import { defineSubgraph } from '@guildhall/kit/define-subgraph'
import { forgetExpiredTokens } from './commands/forget-expired-tokens.ts'
import contract from './contract.ts'
import { loaders } from './loaders.ts'
import { reactions } from './reactions.ts'
import { resolvers } from './resolvers/index.ts'
import { backbone, identitySchema, mails } from './tables.ts'

export default defineSubgraph({
  folder: import.meta.dirname,
  contract,
  schema: identitySchema,
  backbone,
  resolvers,
  loaders,
  reactions,
  mail: mails,
  schedules: [{ name: 'forgetExpiredTokens', everySeconds: 3600, run: forgetExpiredTokens }],
})
