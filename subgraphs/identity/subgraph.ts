import { defineSubgraph } from '@guildhall/kit/define-subgraph'
import { sealedColumn } from '@guildhall/kit/reseal'
import { payloadPlace } from './accounts/one-time-tokens.ts'
import { phonePlace } from './accounts/phone.ts'
import { forgetExpired } from './commands/forget-expired.ts'
import { contentPlace, gatherDataExports } from './commands/gather-data-exports.ts'
import { runErasures } from './commands/run-erasures.ts'
import contract from './contract.ts'
import { totpSecretPlace } from './domain/totp.ts'
import { verifierPlace } from './external/external-flow.ts'
import { sealedPlaceOf, tendSigningKeys } from './keys/key-ring.ts'
import { loaders } from './loaders.ts'
import { privacy } from './privacy.ts'
import { reactions } from './reactions.ts'
import { resolvers } from './resolvers/index.ts'
import {
  backbone,
  dataExports,
  externalLogins,
  identitySchema,
  mails,
  oneTimeTokens,
  signingKeys,
  totpFactors,
  users,
} from './tables.ts'

export default defineSubgraph({
  folder: import.meta.dirname,
  contract,
  schema: identitySchema,
  backbone,
  resolvers,
  loaders,
  reactions,
  privacy,
  mail: mails,
  sealed: [
    sealedColumn({ table: dataExports, column: 'content', place: ({ id }) => contentPlace(id) }),
    sealedColumn({ table: externalLogins, column: 'codeVerifier', place: verifierPlace }),
    sealedColumn({ table: signingKeys, column: 'privateJwk', place: sealedPlaceOf }),
    sealedColumn({ table: totpFactors, column: 'secret', place: totpSecretPlace }),
    sealedColumn({ table: users, column: 'phone', place: phonePlace }),
    sealedColumn({ table: oneTimeTokens, column: 'payload', place: payloadPlace }),
  ],
  schedules: [
    { name: 'forgetExpired', everySeconds: 3600, run: forgetExpired },
    { name: 'tendSigningKeys', everySeconds: 300, run: tendSigningKeys },
    { name: 'gatherDataExports', everySeconds: 2, run: gatherDataExports },
    { name: 'runErasures', everySeconds: 30, run: runErasures },
  ],
})
