import type { StateMachine } from '@guildhall/kit/state-machine'
import type { AnnouncementRow } from '../tables.ts'

export type AnnouncementStatus = AnnouncementRow['status']

/** The life of an announcement. What SENT and CANCELLED leave behind is final, but for recipients that failed. */
export const announcementLife: StateMachine<AnnouncementStatus> = {
  DRAFT: [{ to: 'SCHEDULED' }, { to: 'PREPARING' }, { to: 'CANCELLED' }],
  SCHEDULED: [{ to: 'SCHEDULED' }, { to: 'PREPARING' }, { to: 'CANCELLED' }],
  PREPARING: [{ to: 'SENDING' }, { to: 'PAUSED' }, { to: 'CANCELLED' }, { to: 'FAILED' }],
  SENDING: [{ to: 'SENT' }, { to: 'PAUSED' }, { to: 'CANCELLED' }, { to: 'FAILED' }],
  PAUSED: [{ to: 'PREPARING' }, { to: 'SENDING' }, { to: 'CANCELLED' }],
  SENT: [{ to: 'SENDING' }],
  CANCELLED: [],
  FAILED: [{ to: 'PREPARING' }, { to: 'SENDING' }, { to: 'CANCELLED' }],
}

/** Steps that the house takes by itself. */
const byHouse: ReadonlySet<AnnouncementStatus> = new Set(['SENT', 'FAILED'])

type Standing = Pick<AnnouncementRow, 'status' | 'preparedAt' | 'failedCount'>

/** What a caller may make of it now. Work goes on where it stopped: with the audience, or with its recipients. */
export const nextStatuses = (announcement: Standing): AnnouncementStatus[] =>
  announcementLife[announcement.status]
    .map((step) => step.to)
    .filter((to) => !byHouse.has(to) && isOpen(announcement, to))

/** Where stopped work goes on. */
export const resumedAs = ({ preparedAt }: Pick<AnnouncementRow, 'preparedAt'>): 'PREPARING' | 'SENDING' =>
  preparedAt === null ? 'PREPARING' : 'SENDING'

/** Only what has not begun may be changed. */
export const isEditable = (status: AnnouncementStatus): boolean =>
  status === 'DRAFT' || status === 'SCHEDULED'

/** Nothing more happens by itself. */
export const isOver = (status: AnnouncementStatus): boolean =>
  status === 'SENT' || status === 'CANCELLED' || status === 'FAILED'

function isOpen(announcement: Standing, to: AnnouncementStatus): boolean {
  switch (announcement.status) {
    case 'PREPARING':
      return to !== 'SENDING'
    case 'PAUSED':
    case 'FAILED':
      return to === 'CANCELLED' || to === resumedAs(announcement)
    case 'SENT':
      return announcement.failedCount > 0
    default:
      return true
  }
}
