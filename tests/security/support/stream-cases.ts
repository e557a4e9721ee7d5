import { newId } from '@guildhall/kit/ids'
import type { SecretEvent } from './secret-event.ts'

/** What becomes of a stranger's stream: the code of a refusal, or it is open and tells what is theirs alone. */
type Outcome = 'UNAUTHORIZED_FIELD_OR_TYPE' | 'BAD_USER_INPUT' | 'own'
export const strangers = ['nobody', 'a person', 'an organizer elsewhere', 'a member without a say'] as const
export type Stranger = (typeof strangers)[number]

export interface StreamCase {
  query: string
  /** Of what kind the id is that is not theirs, or a position in another's stream; and one that nobody has. */
  foreign?: { kind: keyof SecretEvent['ids'] | 'cursor'; unknown: string }
  /** Who may listen, and what comes only once something has happened; null: they are told at the beginning. */
  insider: 'owner' | 'guest'
  hears: string | null
  outcomes: Partial<Record<Stranger, Outcome>>
}

export const unauthorized = 'UNAUTHORIZED_FIELD_OR_TYPE'
const refused = 'BAD_USER_INPUT'

/** Every stream of the graph, and who must not have it. */
export const streamCases: Record<string, StreamCase> = {
  announcementPosted: {
    query: 'subscription ($id: ID!) { announcementPosted(eventId: $id) { subject body event { id title } } }',
    foreign: { kind: 'event', unknown: newId('evt') },
    insider: 'guest',
    hears: 'Secret text.',
    outcomes: { nobody: unauthorized, 'a person': 'own', 'an organizer elsewhere': 'own' },
  },
  announcementProgress: {
    query: 'subscription ($id: ID!) { announcementProgress(id: $id) { id subject status event { title } } }',
    foreign: { kind: 'announcement', unknown: newId('ann') },
    insider: 'owner',
    hears: 'SENT',
    outcomes: {
      nobody: unauthorized,
      'a person': unauthorized,
      'an organizer elsewhere': refused,
      'a member without a say': unauthorized,
    },
  },
  checkInFeed: {
    query:
      'subscription ($id: ID!) { checkInFeed(listId: $id) { kind checkIn { result holder { number } } counts { enteredCount } } }',
    foreign: { kind: 'list', unknown: newId('cil') },
    insider: 'owner',
    hears: 'SCAN',
    outcomes: {
      nobody: unauthorized,
      'a person': refused,
      'an organizer elsewhere': refused,
      'a member without a say': refused,
    },
  },
  eventStatusChanged: {
    query: 'subscription ($id: ID!) { eventStatusChanged(id: $id) { to event { id title } } }',
    foreign: { kind: 'event', unknown: newId('evt') },
    insider: 'owner',
    hears: 'IN_PROGRESS',
    outcomes: { nobody: refused, 'a person': refused, 'an organizer elsewhere': refused },
  },
  judgingProgress: {
    query: 'subscription ($id: ID!) { judgingProgress(roundId: $id) { status projectCount } }',
    foreign: { kind: 'round', unknown: newId('rnd') },
    insider: 'owner',
    hears: null,
    outcomes: {
      nobody: unauthorized,
      'a person': refused,
      'an organizer elsewhere': refused,
      'a member without a say': refused,
    },
  },
  notificationStream: {
    query:
      'subscription ($id: String) { notificationStream(after: $id) { kind notification { body event { id title } } } }',
    foreign: { kind: 'cursor', unknown: 'AAAA' },
    insider: 'guest',
    hears: 'Secret text.',
    outcomes: { nobody: unauthorized, 'a person': refused, 'an organizer elsewhere': refused },
  },
  registrationChanged: {
    query: 'subscription { registrationChanged { id status event { id title } } }',
    insider: 'guest',
    hears: 'CHECKED_IN',
    outcomes: { nobody: unauthorized, 'a person': 'own', 'an organizer elsewhere': 'own' },
  },
  seatAvailability: {
    query: 'subscription ($id: ID!) { seatAvailability(eventId: $id) { held event { id title } } }',
    foreign: { kind: 'event', unknown: newId('evt') },
    insider: 'owner',
    hears: '"held":2',
    outcomes: { nobody: refused, 'a person': refused, 'an organizer elsewhere': refused },
  },
}
