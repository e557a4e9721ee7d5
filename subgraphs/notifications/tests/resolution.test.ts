import { newId } from '@guildhall/kit/ids'
import { describe, expect, it } from 'vitest'
import { type Choice, isWanted, type Question } from '../domain/resolution.ts'

const [project, event, organization, elsewhere] = [newId('prj'), newId('evt'), newId('org'), newId('org')]

type Topic = 'type' | 'category' | 'channel'

/** A choice about the type, its category or the whole channel, in a scope. */
const choice = (topic: Topic, scopeId: string | null, isEnabled: boolean): Choice => ({
  scopeId,
  type: topic === 'type' ? 'registration.confirmed' : null,
  category: topic === 'category' ? 'REGISTRATIONS' : null,
  channel: 'EMAIL',
  isEnabled,
})

const question = (isCritical = false, email: boolean | undefined = false): Question => ({
  type: {
    key: 'registration.confirmed',
    category: 'REGISTRATIONS',
    isCritical,
    channels: { IN_APP: true, ...(email === undefined ? {} : { EMAIL: email }) },
  },
  channel: 'EMAIL',
  scopeIds: [project, event, organization],
})

/** Every level at which somebody may say something, the one that counts first on top. */
const levels: [name: string, at: 'choices' | 'defaults', topic: Topic, scopeId: string | null][] = [
  ['own: project, type', 'choices', 'type', project],
  ['own: project, category', 'choices', 'category', project],
  ['own: project, channel', 'choices', 'channel', project],
  ['own: event, type', 'choices', 'type', event],
  ['own: event, category', 'choices', 'category', event],
  ['own: event, channel', 'choices', 'channel', event],
  ['own: organization, type', 'choices', 'type', organization],
  ['own: organization, category', 'choices', 'category', organization],
  ['own: organization, channel', 'choices', 'channel', organization],
  ['own: type', 'choices', 'type', null],
  ['own: category', 'choices', 'category', null],
  ['own: channel', 'choices', 'channel', null],
  ['default: project, type', 'defaults', 'type', project],
  ['default: project, category', 'defaults', 'category', project],
  ['default: project, channel', 'defaults', 'channel', project],
  ['default: event, type', 'defaults', 'type', event],
  ['default: event, category', 'defaults', 'category', event],
  ['default: event, channel', 'defaults', 'channel', event],
  ['default: organization, type', 'defaults', 'type', organization],
  ['default: organization, category', 'defaults', 'category', organization],
  ['default: organization, channel', 'defaults', 'channel', organization],
]

/** The answer when one level says one thing and all below it the other; in either order of rows. */
function decide(top: number, isEnabled: boolean, isCritical = false): [boolean, boolean] {
  const said = levels.slice(top).map(([, at, topic, scopeId], below) => ({
    at,
    choice: choice(topic, scopeId, below === 0 ? isEnabled : !isEnabled),
  }))
  const at = (place: 'choices' | 'defaults') =>
    said.filter((level) => level.at === place).map((level) => level.choice)
  const [choices, defaults] = [at('choices'), at('defaults')]
  const asked = question(isCritical, !isEnabled)
  return [isWanted(asked, choices, defaults), isWanted(asked, choices.toReversed(), defaults.toReversed())]
}

describe('which preference counts', () => {
  it.each(levels.map(([name], top) => ({ name, top })))('$name beats all below it', ({ top }) => {
    expect(decide(top, true)).toEqual([true, true])
    expect(decide(top, false)).toEqual([false, false])
  })

  it('nobody said anything: what the type says', () => {
    expect(isWanted(question(false, true), [], [])).toBe(true)
    expect(isWanted(question(false, false), [], [])).toBe(false)
  })

  it.each(levels.map(([name], top) => ({ name, top })))('critical comes against $name', ({ top }) => {
    expect(decide(top, false, true)).toEqual([true, true])
  })

  it.each<[what: string, said: Choice]>([
    ['another channel', { ...choice('channel', null, true), channel: 'PUSH' }],
    ['another category', { ...choice('category', null, true), category: 'EVENTS' }],
    ['another type', { ...choice('type', null, true), type: 'registration.rejected' }],
    ['another scope', choice('channel', elsewhere, true)],
  ])('what is said of %s says nothing', (_, said) => {
    expect(isWanted(question(), [said], [said])).toBe(false)
  })

  it('a channel that the type does not have stays shut, even for what is critical', () => {
    const without = { ...question(true), type: { ...question(true).type, channels: { IN_APP: true } } }
    expect(isWanted(without, [choice('type', null, true)], [])).toBe(false)
  })
})
