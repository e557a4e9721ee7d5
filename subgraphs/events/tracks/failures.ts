import type { Failure } from '@guildhall/kit/outcome'
import contract from '../contract.ts'

/** What is not there, or not seen by the caller. */
export const noSuch = (what: 'event' | 'track' | 'prize' | 'reminder' | 'series', field: string): Failure =>
  contract.failure('NOT_FOUND', `There is no such ${what}.`, ['input', field])

export const trackNameTaken = (): Failure =>
  contract.failure('TRACK_NAME_TAKEN', 'Another track of the event has this name.', ['input', 'name'])

/** What projects compete in, and for, stays once they do. */
export const underWay = (): Failure =>
  contract.failure('EVENT_UNDER_WAY', 'Only of a draft or published event it can be taken off.', [
    'input',
    'id',
  ])

export const isBeforeStart = (status: string): boolean => status === 'DRAFT' || status === 'PUBLISHED'
