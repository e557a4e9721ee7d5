import { defineSubgraph } from '@guildhall/kit/define-subgraph'
import contract from './contract.ts'
import { loaders } from './loaders.ts'
import { privacy } from './privacy.ts'
import { fireDueReminders } from './reminders/fire.ts'
import { resolvers } from './resolvers/index.ts'
import { backbone, eventsSchema } from './tables.ts'

export default defineSubgraph({
  folder: import.meta.dirname,
  contract,
  schema: eventsSchema,
  backbone,
  resolvers,
  loaders,
  privacy,
  schedules: [{ name: 'events.reminders', everySeconds: 30, run: fireDueReminders }],
})
