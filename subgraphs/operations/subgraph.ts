import { defineSubgraph } from '@guildhall/kit/define-subgraph'
import { endLeftAct, hasLeftAct } from './acts.ts'
import contract from './contract.ts'
import { loaders } from './loaders.ts'
import { privacy } from './privacy.ts'
import { hasReplay, moveReplay, replaysSignal } from './replays.ts'
import { resolvers } from './resolvers/index.ts'
import { backbone, operationsSchema } from './tables.ts'

export default defineSubgraph({
  folder: import.meta.dirname,
  contract,
  schema: operationsSchema,
  backbone,
  resolvers,
  loaders,
  privacy,
  work: [
    { name: 'operations.replays', signal: replaysSignal, step: moveReplay, hasWaiting: hasReplay },
    { name: 'operations.acts', everyMs: 10_000, step: endLeftAct, hasWaiting: hasLeftAct },
  ],
})
