import { defineSubgraph } from '@guildhall/kit/define-subgraph'
import { sealedColumn } from '@guildhall/kit/reseal'
import { announcementWork } from './announcements/work.ts'
import contract from './contract.ts'
import { deliveryWork } from './deliveries/work.ts'
import { forgetUnseenDevices } from './devices/retention.ts'
import { targetPlace } from './devices/target.ts'
import { digestWork, forgetOldDigests } from './digests/close.ts'
import { inboxClock } from './inbox/due.ts'
import { forgetOldRepeats } from './inbox/repeats.ts'
import { forgetOldNotifications } from './inbox/retention.ts'
import { loaders } from './loaders.ts'
import { privacy } from './privacy.ts'
import { reactions } from './reactions.ts'
import { resolvers } from './resolvers/index.ts'
import { backbone, devices, notificationsSchema } from './tables.ts'

export default defineSubgraph({
  folder: import.meta.dirname,
  contract,
  schema: notificationsSchema,
  backbone,
  resolvers,
  loaders,
  reactions,
  privacy,
  schedules: [
    { name: 'forgetOldNotifications', everySeconds: 600, run: forgetOldNotifications },
    { name: 'forgetOldRepeats', everySeconds: 600, run: forgetOldRepeats },
    { name: 'forgetOldDigests', everySeconds: 86_400, run: forgetOldDigests },
    { name: 'forgetUnseenDevices', everySeconds: 86_400, run: forgetUnseenDevices },
  ],
  work: [announcementWork, inboxClock, deliveryWork, digestWork],
  sealed: [sealedColumn({ table: devices, column: 'target', place: targetPlace })],
})
