import { defineSubgraph } from '@guildhall/kit/define-subgraph'
import { sealedColumn } from '@guildhall/kit/reseal'
import { markNoShows } from './check-in/no-shows.ts'
import { issueMissingTickets } from './check-in/tickets.ts'
import contract from './contract.ts'
import { releaseWork } from './decisions/release-work.ts'
import { ticketPlace } from './domain/ticket-secret.ts'
import { forgetAnswers } from './forms/forget-answers.ts'
import { forgetInvitations } from './invitations/forget-invitations.ts'
import { loaders } from './loaders.ts'
import { privacy } from './privacy.ts'
import { reactions } from './reactions.ts'
import { resolvers } from './resolvers/index.ts'
import { sweepEvents } from './settle.ts'
import { backbone, mails, participantsSchema, tickets } from './tables.ts'

export default defineSubgraph({
  folder: import.meta.dirname,
  contract,
  schema: participantsSchema,
  backbone,
  resolvers,
  loaders,
  reactions,
  privacy,
  schedules: [
    { name: 'participants.sweep', everySeconds: 5, run: sweepEvents },
    { name: 'participants.noShows', everySeconds: 60, run: markNoShows },
    { name: 'participants.forgetAnswers', everySeconds: 3_600, run: forgetAnswers },
    { name: 'participants.forgetInvitations', everySeconds: 3_600, run: forgetInvitations },
    { name: 'participants.tickets', everySeconds: 600, run: issueMissingTickets },
  ],
  sealed: [sealedColumn({ table: tickets, column: 'sealedSecret', place: ticketPlace })],
  work: [releaseWork],
  mail: mails,
})
