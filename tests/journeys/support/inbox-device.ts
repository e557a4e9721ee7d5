import type { Client } from '../../support/client.ts'

interface Item {
  notificationStream: {
    kind: 'NEW' | 'UPDATED' | 'COUNTS' | 'GAP' | 'HEARTBEAT'
    cursor: string
    notification: { id: string; state: string } | null
  }
}

const live = `subscription ($after: String, $limitBacklog: Int) {
  notificationStream(after: $after, limitBacklog: $limitBacklog) { kind cursor notification { id state } }
}`

const everyPage = `query ($after: String) {
  me {
    notifications(first: 100, after: $after, filter: { state: [UNSEEN, SEEN, READ, ARCHIVED, SNOOZED] }) {
      nodes { id state }
      pageInfo { hasNextPage endCursor }
    }
  }
}`

interface Page {
  me: {
    notifications: {
      nodes: { id: string; state: string }[]
      pageInfo: { hasNextPage: boolean; endCursor: string }
    }
  }
}

/** When a device is cut off: after so many items or so long, whichever comes first; or when it is up to date. */
export interface Limit {
  items?: number
  seconds: number
  isLive?: true
}

/** An application that keeps an inbox as the protocol says: by cursor, and by pages after a GAP. */
export interface InboxDevice {
  /** What it holds: id → state. */
  held: Map<string, string>
  /** Ids as they came with NEW, in that order. */
  sent: string[]
  gaps: number
  /** Begins as applications do: a cursor first, then what is there. */
  begin(): Promise<void>
  /** Opens the stream where it was cut, takes what comes until the limit, and is cut off. */
  connect(limit: Limit): Promise<void>
}

export function createInboxDevice(client: Client, limitBacklog: number): InboxDevice {
  let after: string | undefined
  /** Stays until it has been done: the pages may be as far away as the stream was. */
  let mustReadAnew = false
  /** A GAP says that what is held is no longer all there is: it is read anew, and the stream goes on from the GAP. */
  const readAnew = async () => {
    mustReadAnew = true
    device.held.clear()
    let cursor: string | undefined
    for (let isMore = true; isMore; ) {
      const { data, errors } = await client.request<Page>(everyPage, { after: cursor })
      if (errors.length > 0) throw new Error(JSON.stringify(errors))
      const { nodes, pageInfo } = data.me.notifications
      for (const { id, state } of nodes) device.held.set(id, state)
      cursor = pageInfo.endCursor
      isMore = pageInfo.hasNextPage
    }
    mustReadAnew = false
  }
  const device: InboxDevice = {
    held: new Map(),
    sent: [],
    gaps: 0,
    async begin() {
      await device.connect({ seconds: 10, isLive: true })
      await readAnew()
    },
    async connect({ items = Number.POSITIVE_INFINITY, seconds, isLive }) {
      if (mustReadAnew) await readAnew()
      const stream = client.stream<Item>(live, { after, limitBacklog })
      await stream
        .until(
          ({ notificationStream: { kind } }) =>
            kind === 'GAP' || (isLive ? kind === 'COUNTS' : stream.received.length >= items),
          seconds,
        )
        .catch((error: unknown) => {
          // Long enough without what was waited for is a cut like any other.
          if (isLive || !String(error).includes('nothing fitting came')) throw error
        })
      await stream.close()
      for (const { notificationStream: item } of stream.received) {
        after = item.cursor
        if (item.notification) device.held.set(item.notification.id, item.notification.state)
        if (item.notification && item.kind === 'NEW') device.sent.push(item.notification.id)
        if (item.kind !== 'GAP') continue
        device.gaps += 1
        await readAnew()
        // What the stream sent behind the GAP is older than the pages; it comes again.
        return isLive ? device.connect({ seconds, isLive }) : undefined
      }
    },
  }
  return device
}
