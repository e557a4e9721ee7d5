/** What of a scan decides who may pass. */
export interface Scan {
  id: string
  type: 'ENTRY' | 'EXIT'
  at: Date
  nonce: string
  /** People whom it is for; null: all that it can be for. */
  asked: number | null
  isForced: boolean
  isOffline: boolean
  /** Counts up as scans come in. */
  arrival: number
}

/** What a ticket allows at a door. */
export interface Allowance {
  partySize: number
  isReEntryAllowed: boolean
}

/** What becomes of a scan among all scans of its ticket. */
export interface Verdict {
  refusal: 'ALREADY_REDEEMED' | 'NOT_ADMITTED' | null
  /** People who passed. */
  people: number
  /** The entry by which the ticket was used up. */
  outdoneById: string | null
}

/** The scans of one ticket at one door, judged in the order in which they happened. */
export interface Passage {
  verdicts: Map<string, Verdict>
  /** The latest entry of those who are inside; null: nobody is. */
  currentId: string | null
}

/**
 * Judges all scans of one ticket at one door. It depends on the set of scans alone, not on when we heard of which: so
 * devices that were offline may send theirs in any order, and the earliest entry wins.
 */
export function passage(scans: readonly Scan[], { partySize, isReEntryAllowed }: Allowance): Passage {
  const verdicts = new Map<string, Verdict>()
  let [inside, entered] = [0, 0]
  let latest: string | null = null
  for (const scan of scans.toSorted(earlierFirst)) {
    const room = scan.type === 'EXIT' ? inside : partySize - (isReEntryAllowed ? inside : entered)
    const wanted = scan.asked ?? room
    const fits = room > 0 && wanted <= room
    if (!fits && !scan.isForced) {
      const isEntry = scan.type === 'ENTRY'
      verdicts.set(scan.id, {
        refusal: isEntry ? 'ALREADY_REDEEMED' : 'NOT_ADMITTED',
        people: 0,
        outdoneById: isEntry ? latest : null,
      })
      continue
    }
    // Whoever is let pass against the rules is noted, but no party is counted larger than it is.
    const people = Math.min(wanted, room)
    verdicts.set(scan.id, { refusal: null, people, outdoneById: null })
    inside += scan.type === 'ENTRY' ? people : -people
    if (scan.type === 'ENTRY') {
      entered += people
      latest = scan.id
    }
  }
  return { verdicts, currentId: inside > 0 ? latest : null }
}

/**
 * By their time. Of those at the same instant the ones that we were asked about come first, in the order in which we
 * answered; devices that decided alone have an order that depends on nothing but the scans.
 */
function earlierFirst(a: Scan, b: Scan): number {
  return (
    a.at.getTime() - b.at.getTime() ||
    Number(a.isOffline) - Number(b.isOffline) ||
    (a.isOffline ? compare(a.nonce, b.nonce) : a.arrival - b.arrival)
  )
}

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b))
