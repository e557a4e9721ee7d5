import { defineContract } from '@guildhall/kit/contract'
import {
  captainChanged,
  joinRequestAnswered,
  joinRequestMade,
  projectCreated,
  projectMemberJoined,
  projectMemberLeft,
  projectReopened,
  projectStatusChanged,
  projectSubmitted,
  projectUpdated,
  projectWithdrawn,
} from './contract/events.ts'
import { notifications } from './notifications.ts'

export * from './contract/events.ts'

export default defineContract({
  domain: 'projects',
  products: ['innovation', 'projects'],
  ids: { prj: 'Project', prm: 'ProjectMember', pjr: 'ProjectJoinRequest' },
  permissions: {
    'projects:write': {
      description: 'Start projects of the organization.',
      heldBy: [
        'OWNER',
        'ADMIN',
        'ORGANIZER',
        'MANAGER',
        'TECHNICIAN',
        'BUYER',
        'FULFILLER',
        'OFFICER',
        'MEMBER',
      ],
    },
    'projects:manage': {
      description: 'See every project of the organization and its events, and decide on them.',
      heldBy: ['OWNER', 'ADMIN', 'ORGANIZER', 'MANAGER'],
      heldOn: { evt: ['OWNER', 'ORGANIZER'] },
    },
  },
  events: [
    projectCreated,
    projectUpdated,
    projectStatusChanged,
    projectSubmitted,
    projectReopened,
    projectWithdrawn,
    projectMemberJoined,
    projectMemberLeft,
    captainChanged,
    joinRequestMade,
    joinRequestAnswered,
  ],
  notifications,
  codes: {
    NOT_A_PARTICIPANT: 'Only confirmed participants of the event can be in a team.',
    EVENT_NOT_RUNNING: 'Teams can be formed only while the event is published or in progress.',
    ALREADY_IN_TEAM: 'The person is in a team of this event already.',
    TEAM_FULL: 'The team has as many members as the event allows.',
    LAST_MEMBER: 'The last member cannot leave; withdraw the project instead.',
    NOT_A_MEMBER: 'The person is not in this team.',
    PROJECT_NOT_EDITABLE: 'Only a draft can be changed; reopen the project first.',
    SUBMISSION_CLOSED: 'The deadline has passed, or the event takes no submissions.',
    TEAM_TOO_SMALL: 'The team has fewer members than the event asks for.',
    INVALID_JOIN_CODE: 'The code leads to no team.',
    TOO_MANY_ATTEMPTS: 'Ten codes were wrong within ten minutes; wait for `retryAfterSeconds`.',
    TEAM_NOT_OPEN: 'The team does not look for members.',
    ALREADY_REQUESTED: 'The team has been asked already and has not answered yet.',
    ALREADY_ANSWERED: 'The request was answered or taken back before.',
    ALREADY_OWNER: 'The person owns the project already.',
    REASON_REQUIRED: 'This step needs a reason.',
  },
})
