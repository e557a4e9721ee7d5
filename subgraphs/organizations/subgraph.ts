import { defineSubgraph } from '@guildhall/kit/define-subgraph'
import { closeDue } from './close-due.ts'
import contract from './contract.ts'
import { loaders } from './loaders.ts'
import { privacy } from './privacy.ts'
import { reactions } from './reactions.ts'
import { resolvers } from './resolvers/index.ts'
import { backbone, mails, organizationsSchema } from './tables.ts'

export default defineSubgraph({
  folder: import.meta.dirname,
  contract,
  schema: organizationsSchema,
  backbone,
  resolvers,
  loaders,
  reactions,
  privacy,
  schedules: [{ name: 'organizations.closeDue', everySeconds: 60, run: closeDue }],
  mail: mails,
})
