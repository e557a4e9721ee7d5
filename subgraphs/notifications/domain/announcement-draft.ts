import type { Failure } from '@guildhall/kit/outcome'
import { line, problemsOf, prose } from '@guildhall/kit/validate'
import { z } from 'zod'
import contract from '../contract.ts'
import type { NotificationChannel } from './notification-types.ts'

/** What organizers write. */
export interface AnnouncementDraft {
  subject: string
  body: string
  ratePerMinute?: number | null | undefined
  /** Null: in the app alone. */
  channels?: readonly NotificationChannel[] | null | undefined
}

/** Most recipients of one announcement. */
export const recipientsMax = 200_000

const rateMax = 1_000_000

const draft = z.object({
  subject: line(200),
  body: prose(5_000).min(1, 'Must not be empty.'),
  ratePerMinute: z
    .number()
    .int()
    .min(1, 'At least one a minute.')
    .max(rateMax, `At most ${rateMax} a minute.`)
    .nullish(),
  channels: z.array(z.string()).min(1, 'At least one.').nullish(),
})

/** Every reason why an announcement cannot be like this. */
export const announcementProblems = ({
  subject,
  body,
  ratePerMinute,
  channels,
}: AnnouncementDraft): Failure[] => problemsOf(draft, { subject, body, ratePerMinute, channels })

const aheadMaxDays = 366

/** Why it cannot be sent at this time. */
export function scheduleProblems(at: Date, now: Date): Failure[] {
  const path = ['input', 'at']
  if (at <= now) return [contract.failure('SCHEDULE_IN_PAST', 'This time is over.', path)]
  const latest = now.getTime() + aheadMaxDays * 24 * 3_600_000
  if (at.getTime() > latest) return [contract.failure('INVALID_VALUE', 'At most a year ahead.', path)]
  return []
}

/** The audience is larger than one announcement may reach. */
export const audienceTooLarge = (path: string[]): Failure => ({
  __typename: 'AudienceTooLargeError',
  code: 'AUDIENCE_TOO_LARGE',
  message: `An announcement reaches at most ${recipientsMax} people.`,
  path,
  limit: recipientsMax,
})
