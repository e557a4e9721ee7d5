import type { Failure } from '@guildhall/kit/outcome'
import { isTimeZone, line, problemsOf, prose, tidy, webAddress } from '@guildhall/kit/validate'
import { z } from 'zod'
import type { EventRow } from '../tables.ts'
import { slugLength, slugShape } from './slug.ts'

/** The part of an event that organizers write. */
export type EventDraft = Omit<
  EventRow,
  'id' | 'organizationId' | 'createdById' | 'status' | 'slug' | 'version' | 'createdAt' | 'updatedAt'
>

const point = z.object({ latitude: z.number().min(-90).max(90), longitude: z.number().min(-180).max(180) })

const slug = z
  .string()
  .min(slugLength.min, `At least ${slugLength.min} characters.`)
  .max(slugLength.max, `At most ${slugLength.max} characters.`)
  .regex(slugShape, 'Small letters, digits and single hyphens.')

const draft = z
  .object({
    title: line(200),
    slug: slug.optional(),
    summary: prose(5_000).nullish(),
    timezone: z
      .string()
      .refine(isTimeZone, { message: 'Not an IANA time zone.', params: { code: 'INVALID_TIMEZONE' } }),
    startsAt: z.date(),
    endsAt: z.date(),
    venue: line(300).nullish(),
    location: point.nullish(),
    onlineUrl: webAddress().nullish(),
    hashtag: line(50)
      .regex(/^[\p{L}\p{M}\p{N}_]*$/u, 'Letters, digits and underscores.')
      .nullish(),
    bannerUrl: webAddress()
      .refine((url) => /^https:/i.test(url), {
        message: 'Must be an https address.',
        params: { code: 'INVALID_URL' },
      })
      .nullish(),
    registrationOpensAt: z.date().nullish(),
    registrationClosesAt: z.date().nullish(),
    capacity: z.int().min(1).max(1_000_000).nullish(),
    offerHours: z.int().min(1).max(720),
    submissionDeadline: z.date().nullish(),
    graceMinutes: z.int().min(0).max(1_440),
    minTeamSize: z.int().min(1).max(50),
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
    if (event.minTeamSize > event.maxTeamSize) {
      issues.addIssue({ code: 'custom', path: ['minTeamSize'], message: 'Must not exceed maxTeamSize.' })
    }
  })

/** Every reason why an event cannot be like this. */
export const draftProblems = (event: EventDraft & { slug?: string | undefined }): Failure[] =>
  problemsOf(draft, { ...event, location: locationOf(event) })

/** The place on the map, if it has one. */
export const locationOf = ({
  latitude,
  longitude,
}: Pick<EventDraft, 'latitude' | 'longitude'>): { latitude: number; longitude: number } | null =>
  latitude === null || longitude === null ? null : { latitude, longitude }

/** A hashtag as it is kept: without its sign. */
export const hashtagOf = (text: string | null | undefined): string | null =>
  tidy(tidy(text)?.replace(/^#/, ''))
