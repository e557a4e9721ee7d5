import type { Failure } from '@guildhall/kit/outcome'
import { line, problemsOf, prose } from '@guildhall/kit/validate'
import { z } from 'zod'

/** What organizers write. */
export interface AnnouncementDraft {
  subject: string
  body: string
}

/** Most recipients of one announcement: what can be read and fixed within the deadline of one call. */
export const recipientsMax = 20_000

const draft = z.object({
  subject: line(200),
  body: prose(5_000).min(1, 'Must not be empty.'),
})

/** Every reason why an announcement cannot be like this. */
export const announcementProblems = ({ subject, body }: AnnouncementDraft): Failure[] =>
  problemsOf(draft, { subject, body })
