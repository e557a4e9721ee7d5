import { expect, it } from 'vitest'
import { projectStatuses } from '../contract.ts'
import { seenBy } from '../domain/project-facts.ts'

const running = { status: 'IN_PROGRESS', visibility: 'PUBLIC' } as const

it('a project of an event is for the team alone until it is handed in, and then for whoever sees the event', () => {
  const within = (event: Parameters<typeof seenBy>[1]) =>
    projectStatuses.map((status) => `${status} ${seenBy({ status, visibility: 'PUBLIC' }, event)}`)
  const shownTo = (all: string) =>
    projectStatuses.map((status) => `${status} ${['DRAFT', 'WITHDRAWN'].includes(status) ? 'TEAM' : all}`)
  expect(within(running)).toEqual(shownTo('EVERYBODY'))
  expect(within({ ...running, visibility: 'UNLISTED' })).toEqual(shownTo('EVERYBODY'))
  expect(within({ ...running, visibility: 'ORGANIZATION' })).toEqual(shownTo('ORGANIZATION'))
  expect(within({ ...running, status: 'DRAFT' })).toEqual(shownTo('TEAM'))
})

it('one of an organization is for whom it says, given up for the organization at most', () => {
  const byItself = (status: 'DRAFT' | 'WITHDRAWN') =>
    (['PUBLIC', 'ORGANIZATION', 'TEAM'] as const).map((visibility) => seenBy({ status, visibility }, null))
  expect(byItself('DRAFT')).toEqual(['EVERYBODY', 'ORGANIZATION', 'TEAM'])
  expect(byItself('WITHDRAWN')).toEqual(['ORGANIZATION', 'ORGANIZATION', 'TEAM'])
})
