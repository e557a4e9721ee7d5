/** Everybody in the demo world logs in with this; it is printed at every start and protects nothing. */
export const demoPassword = 'open the guildhall'

/** The person a newcomer should be first: she runs the hackathon, and the house. */
export const demoLogin = { email: 'ada@guildhall.example', password: demoPassword }

/** The people of the demo world: who founds, who organizes, who comes. */
export const people = {
  ada: { email: demoLogin.email, displayName: 'Ada Lovelace' },
  grace: { email: 'grace@guildhall.example', displayName: 'Grace Hopper' },
  alan: { email: 'alan@guildhall.example', displayName: 'Alan Turing' },
  hedy: { email: 'hedy@guildhall.example', displayName: 'Hedy Lamarr' },
  linus: { email: 'linus@guildhall.example', displayName: 'Linus Pauling' },
  mary: { email: 'mary@guildhall.example', displayName: 'Mary Somerville' },
} as const

export type PersonName = keyof typeof people

/** What those who run the hackathon tell its people. */
export const demoAnnouncements = {
  sent: {
    segment: { status: ['CONFIRMED'] },
    subject: 'Bring your laptop',
    body: 'Doors open at nine. There will be coffee.',
  },
  scheduled: {
    segment: { status: ['CONFIRMED'] },
    subject: 'Tomorrow at nine',
    body: 'Bring your **ticket** and, if you have one, an idea.',
    channels: ['IN_APP', 'EMAIL'],
  },
  draft: {
    segment: { status: ['WAITLISTED'] },
    subject: 'A few more seats',
    body: 'We have found a larger room; more about that soon.',
  },
}

const day = 86_400_000

/** The demo's events, relative to the day it is seeded, so that registration is always open. */
export function demoEvents(now: Date) {
  const at = (days: number) => new Date(now.getTime() + days * day).toISOString()
  return {
    eveOfHackathon: at(20),
    hackathon: {
      title: 'Open City Hackathon',
      summary: 'Two days, one city, open data. Bring an idea or find one here.',
      kind: 'HACKATHON',
      timezone: 'Europe/Zurich',
      startsAt: at(21),
      endsAt: at(23),
      venue: 'Guildhall, Market Square 1',
      location: { latitude: 47.3717, longitude: 8.5422 },
      hashtag: 'OpenCityHack',
      capacity: 3,
      approvalMode: 'MANUAL',
      maxTeamSize: 4,
    },
    jam: {
      title: 'Open City Jam',
      summary: 'A weekend of small talks about a large city.',
      kind: 'UNCONFERENCE',
      timezone: 'Europe/Zurich',
      startsAt: at(-0.5),
      endsAt: at(1.5),
      venue: 'Guildhall, Market Square 1',
      hashtag: 'OpenCityJam',
    },
    hackNight: {
      title: 'Neighbourhood Hack Night',
      summary: 'One evening, small tools for one street.',
      kind: 'UNCONFERENCE',
      timezone: 'Europe/Zurich',
      startsAt: at(-1),
      endsAt: at(0.25),
      venue: 'Guildhall, Market Square 1',
    },
    /** When the hackathon takes place again. */
    nextYear: at(21 + 364),
    workshop: {
      title: 'Laser Cutter Introduction',
      summary: 'Safety first, then boxes.',
      kind: 'WORKSHOP',
      timezone: 'Europe/Zurich',
      startsAt: at(7),
      endsAt: at(7.25),
      venue: 'Workshop, ground floor',
      capacity: 2,
    },
    draft: {
      title: 'Winter Conference',
      kind: 'CONFERENCE',
      timezone: 'Europe/London',
      startsAt: at(90),
      endsAt: at(92),
      onlineUrl: 'https://conference.guildhall.example',
    },
  }
}
