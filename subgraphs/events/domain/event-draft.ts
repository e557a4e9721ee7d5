import type { Failure } from '@guildhall/kit/outcome'
import { isTimeZone, line, problemsOf, prose, webAddress } from '@guildhall/kit/validate'
import { z } from 'zod'
import type { EventRow } from '../tables.ts'

/** The part of an event that organizers write. */
export type EventDraft = Omit<
  EventRow,
  'id' | 'organizationId' | 'createdById' | 'status' | 'version' | 'createdAt' | 'updatedAt'
>

const draft = z
  .object({
    title: line(200),
    summary: prose(5_000).nullish(),
    timezone: z.string().refine(isTimeZone, {
      message: 'Must be an IANA time zone such as Europe/Zurich.',
      params: { code: 'INVALID_TIMEZONE' },
    }),
    startsAt: z.date(),
    endsAt: z.date(),
    venue: line(300).nullish(),
    onlineUrl: webAddress().nullish(),
    registrationOpensAt: z.date().nullish(),
    registrationClosesAt: z.date().nullish(),
    capacity: z.int().min(1).max(1_000_000).nullish(),
    offerHours: z.int().min(1).max(720),
    submissionDeadline: z.date().nullish(),
    graceMinutes: z.int().min(0).max(1_440),
    maxTeamSize: z.int().min(1).max(50),
  })
  .superRefine((event, issues) => {
    const refuse = (path: string, message: string) =>
      issues.addIssue({ code: 'custom', path: [path], message, params: { code: 'INVALID_TIME_RANGE' } })
    const { startsAt, endsAt, registrationOpensAt, registrationClosesAt, submissionDeadline } = event
    if (endsAt <= startsAt) refuse('endsAt', 'Must lie after startsAt.')
    if (registrationClosesAt && registrationClosesAt > endsAt) {
      refuse('registrationClosesAt', 'Must not lie after the end of the event.')
    }
    if (registrationOpensAt && registrationOpensAt >= (registrationClosesAt ?? endsAt)) {
      refuse('registrationOpensAt', 'Must lie before registration closes.')
    }
    if (submissionDeadline && (submissionDeadline <= startsAt || submissionDeadline > endsAt)) {
      refuse('submissionDeadline', 'Must lie within the event.')
    }
  })

/** Every reason why an event cannot be like this. */
export const draftProblems = (event: EventDraft): Failure[] => problemsOf(draft, event)
