import type { Failure } from '@guildhall/kit/outcome'
import contract from '../contract.ts'
import type { EventTermsRow } from '../tables.ts'

/** Why a project cannot run in these tracks: the event, if there is one, has no such. */
export const trackProblems = (
  trackIds: readonly string[],
  event: Pick<EventTermsRow, 'tracks'> | null,
): Failure[] =>
  trackIds.every((id) => event?.tracks.some((track) => track.id === id))
    ? []
    : [contract.failure('UNKNOWN_TRACK', 'The event has no such track.', ['input', 'trackIds'])]
