import { defineContract } from '@guildhall/kit/contract'

export default defineContract({
  domain: 'operations',
  products: [],
  ids: { opa: 'OperatorAct', rpl: 'EventReplay' },
  permissions: {
    'operations:read': {
      description:
        'See how the event backbone is doing, what it has given up, and what operators did; no payloads.',
      heldBy: [],
      heldByPlatform: ['ADMIN', 'SUPPORT'],
    },
    'operations:manage': {
      description: 'See payloads of events, try again or discard what was given up, and replay events.',
      heldBy: [],
      heldByPlatform: ['ADMIN'],
    },
  },
  events: [],
  codes: {
    NOT_REPLAYABLE:
      'The consumer does something with these events that must not happen twice, or does not hear them.',
    RANGE_NOT_KEPT: 'The log of the publisher no longer has the beginning of the range.',
    REPLAY_RUNNING: 'A replay of this publisher to this consumer has not ended yet.',
  },
})
