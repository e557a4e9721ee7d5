import { mergeResolvers } from '@guildhall/kit/merge-resolvers'
import * as accounts from './accounts.ts'
import * as administration from './administration.ts'
import * as external from './external.ts'
import * as factors from './factors.ts'
import * as keys from './keys.ts'
import * as machines from './machines.ts'
import * as passkeys from './passkeys.ts'
import * as passwords from './passwords.ts'
import * as principals from './principals.ts'
import * as privacy from './privacy.ts'
import * as security from './security.ts'
import * as sessions from './sessions.ts'
import * as user from './user.ts'

export const resolvers = mergeResolvers(
  accounts,
  administration,
  external,
  factors,
  keys,
  machines,
  passkeys,
  passwords,
  principals,
  privacy,
  security,
  sessions,
  user,
)
