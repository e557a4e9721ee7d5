import { describe, expect, it } from 'vitest'
import { type QuietWindow, quietHoursProblems, quietUntil, weekdays } from '../domain/quiet-hours.ts'

/** `MONDAY 22:00-07:00` */
function windowOf(text: string): QuietWindow {
  const [, weekday, startsAt, endsAt] = /^([A-Z]+) (.{5})-(.{5})$/.exec(text) ?? []
  const known = weekdays.find((name) => name === weekday)
  if (!known || !startsAt || !endsAt) throw new Error(text)
  return { weekday: known, startsAt, endsAt }
}

const until = (timezone: string, windows: string[], at: string) =>
  quietUntil({ timezone, windows: windows.map(windowOf) }, new Date(at))?.toISOString() ?? null

describe('quiet hours', () => {
  it.each<[at: string, until: string | null]>([
    // Monday 21:59:59.999 in Zurich, in summer.
    ['2030-07-01T19:59:59.999Z', null],
    ['2030-07-01T20:00:00.000Z', '2030-07-02T05:00:00.000Z'],
    ['2030-07-02T04:59:59.999Z', '2030-07-02T05:00:00.000Z'],
    ['2030-07-02T05:00:00.000Z', null],
    // Tuesday has none of its own.
    ['2030-07-02T20:00:00.000Z', null],
    // The same in winter.
    ['2030-01-07T20:59:59.999Z', null],
    ['2030-01-07T21:00:00.000Z', '2030-01-08T06:00:00.000Z'],
  ])('over midnight, at %s', (at, end) => {
    expect(until('Europe/Zurich', ['MONDAY 22:00-07:00'], at)).toBe(end)
  })

  it.each<[what: string, windows: string[], at: string, until: string | null]>([
    ['within a day', ['MONDAY 12:00-13:00'], '2030-07-01T12:30:00Z', '2030-07-01T13:00:00.000Z'],
    ['from Sunday into Monday', ['SUNDAY 23:00-01:00'], '2030-07-01T00:30:00Z', '2030-07-01T01:00:00.000Z'],
    ['a whole day', ['MONDAY 00:00-00:00'], '2030-07-01T00:00:00Z', '2030-07-02T00:00:00.000Z'],
    ['up to midnight', ['MONDAY 22:00-00:00'], '2030-07-01T23:59:59Z', '2030-07-02T00:00:00.000Z'],
    [
      'one behind the other',
      ['MONDAY 22:00-00:00', 'TUESDAY 00:00-06:00', 'TUESDAY 05:00-07:30'],
      '2030-07-01T22:00:00Z',
      '2030-07-02T07:30:00.000Z',
    ],
    [
      'six days long',
      weekdays.slice(0, 6).map((day) => `${day} 00:00-00:00`),
      '2030-07-01T00:00:00Z',
      '2030-07-07T00:00:00.000Z',
    ],
    ['none at all', [], '2030-07-01T00:00:00Z', null],
  ])('%s', (_, windows, at, end) => {
    expect(until('UTC', windows, at)).toBe(end)
  })
})

describe('when the clock is put forward', () => {
  // Zurich, 31 March 2030, a Sunday: 02:00 is 03:00, at 01:00Z.
  it.each<[what: string, window: string, at: string, until: string | null]>([
    [
      'a night is an hour shorter',
      'SATURDAY 22:00-07:00',
      '2030-03-30T21:00:00Z',
      '2030-03-31T05:00:00.000Z',
    ],
    [
      'one that begins in the gap begins with it',
      'SUNDAY 02:30-06:00',
      '2030-03-31T01:00:00Z',
      '2030-03-31T04:00:00.000Z',
    ],
    ['and not before', 'SUNDAY 02:30-06:00', '2030-03-31T00:59:59.999Z', null],
    [
      'one that ends in the gap ends with it',
      'SUNDAY 01:00-02:30',
      '2030-03-31T00:59:59.999Z',
      '2030-03-31T01:00:00.000Z',
    ],
    ['and not after', 'SUNDAY 01:00-02:30', '2030-03-31T01:00:00Z', null],
    ['one within the gap is no time at all', 'SUNDAY 02:10-02:50', '2030-03-31T01:00:00Z', null],
    [
      'the week after it is as it was',
      'SUNDAY 02:30-06:00',
      '2030-04-07T00:30:00Z',
      '2030-04-07T04:00:00.000Z',
    ],
  ])('%s', (_, window, at, end) => {
    expect(until('Europe/Zurich', [window], at)).toBe(end)
  })

  // Lord Howe, 6 October 2030, a Sunday: 02:00 (+10:30) is 02:30 (+11), at 15:30Z of Saturday.
  it.each<[at: string, until: string | null]>([
    ['2030-10-05T15:29:59.999Z', null],
    ['2030-10-05T15:30:00.000Z', '2030-10-05T16:00:00.000Z'],
    ['2030-10-05T16:00:00.000Z', null],
  ])('by half an hour, over its begin, at %s', (at, end) => {
    expect(until('Australia/Lord_Howe', ['SUNDAY 02:15-03:00'], at)).toBe(end)
  })
})

describe('when the clock is put back', () => {
  // Zurich, 27 October 2030, a Sunday: 03:00 is 02:00, at 01:00Z.
  it.each<[what: string, window: string, at: string, until: string | null]>([
    ['a night is an hour longer', 'SATURDAY 22:00-07:00', '2030-10-26T20:00:00Z', '2030-10-27T06:00:00.000Z'],
    [
      'one that begins in the hour begins with its first',
      'SUNDAY 02:30-06:00',
      '2030-10-27T00:30:00Z',
      '2030-10-27T05:00:00.000Z',
    ],
    ['and not before', 'SUNDAY 02:30-06:00', '2030-10-27T00:29:59.999Z', null],
    [
      'one that ends in it ends with its last',
      'SUNDAY 01:00-02:30',
      '2030-10-27T00:45:00Z',
      '2030-10-27T01:30:00.000Z',
    ],
    ['and not after', 'SUNDAY 01:00-02:30', '2030-10-27T01:30:00Z', null],
    [
      'one within it lasts through both',
      'SUNDAY 02:10-02:20',
      '2030-10-27T00:15:00Z',
      '2030-10-27T01:20:00.000Z',
    ],
  ])('%s', (_, window, at, end) => {
    expect(until('Europe/Zurich', [window], at)).toBe(end)
  })

  // Lord Howe, 7 April 2030, a Sunday: 02:00 (+11) is 01:30 (+10:30), at 15:00Z of Saturday.
  it.each<[at: string, until: string | null]>([
    ['2030-04-06T14:44:59.999Z', null],
    ['2030-04-06T14:45:00.000Z', '2030-04-06T15:30:00.000Z'],
    ['2030-04-06T15:30:00.000Z', null],
  ])('by half an hour, over its begin, at %s', (at, end) => {
    expect(until('Australia/Lord_Howe', ['SUNDAY 01:45-02:00'], at)).toBe(end)
  })
})

describe('hours that cannot be kept', () => {
  it.each<[timezone: string, windows: string[], problems: string[]]>([
    ['Europe/Zurich', ['MONDAY 22:00-07:00'], []],
    ['Etc/UTC', [], []],
    ['Mars/Olympus', [], ['TIMEZONE_INVALID timezone']],
    ['+01:00', [], ['TIMEZONE_INVALID timezone']],
    ['', [], ['TIMEZONE_INVALID timezone']],
    ['UTC', ['MONDAY 24:00-07:00'], ['WINDOW_INVALID windows.0.startsAt']],
    [
      'UTC',
      ['MONDAY 22:00-07:60', 'MONDAY a2:00-07:00'],
      ['WINDOW_INVALID windows.0.endsAt', 'WINDOW_INVALID windows.1.startsAt'],
    ],
    ['UTC', weekdays.map((day) => `${day} 00:00-00:00`), ['WINDOW_INVALID windows']],
    ['UTC', weekdays.map((day) => `${day} 08:00-08:00`), ['WINDOW_INVALID windows']],
    ['UTC', weekdays.map((day) => `${day} 08:01-08:00`), []],
    ['UTC', Array.from({ length: 22 }, () => 'MONDAY 22:00-07:00'), ['WINDOW_INVALID windows']],
  ])('in %s: %j', (timezone, windows, problems) => {
    const found = quietHoursProblems({ timezone, windows: windows.map(windowOf) })
    expect(found.map(({ code, path }) => `${code} ${path.join('.')}`)).toEqual(problems)
  })
})
