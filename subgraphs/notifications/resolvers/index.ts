import { mergeResolvers } from '@guildhall/kit/merge-resolvers'
import * as announcements from './announcements.ts'
import * as deliveries from './deliveries.ts'
import * as devices from './devices.ts'
import * as inbox from './inbox.ts'
import * as preferences from './preferences.ts'
import * as quietHours from './quiet-hours.ts'
import * as watches from './watches.ts'

export const resolvers = mergeResolvers(
  announcements,
  deliveries,
  devices,
  inbox,
  preferences,
  quietHours,
  watches,
)
