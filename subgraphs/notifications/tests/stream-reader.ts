import type { ExecutionResult } from 'graphql'

/** An item as a client sees it. */
export interface SeenItem {
  cursor: string
  kind: 'NEW' | 'UPDATED' | 'COUNTS' | 'GAP' | 'HEARTBEAT'
  notification: { id: string; title: string; state: string; readAt: string | null } | null
  unreadCount: number
  counts: { unseen: number; unread: number; archived: number; snoozed: number }
}

export const streamDocument = `subscription ($after: String, $limitBacklog: Int) {
  notificationStream(after: $after, limitBacklog: $limitBacklog) {
    cursor kind unreadCount counts { unseen unread archived snoozed } notification { id title state readAt }
  }
}`

/** The item of a result, as plain JSON. @throws Error when it holds an error instead. */
export function itemOf(result: ExecutionResult): SeenItem {
  if (result.errors) throw new Error(JSON.stringify(result.errors.map((error) => error.extensions)))
  const data = JSON.parse(JSON.stringify(result.data)) as { notificationStream: SeenItem }
  return data.notificationStream
}

/** Reads the next so many items. */
export async function take(stream: AsyncIterator<ExecutionResult>, count: number): Promise<SeenItem[]> {
  const items: SeenItem[] = []
  while (items.length < count) {
    const { done, value } = await stream.next()
    if (done) throw new Error(`the stream ended after ${items.length} items`)
    items.push(itemOf(value))
  }
  return items
}

/** Items in short, such as `NEW Number 3`. */
export const brief = (items: readonly SeenItem[]): string[] =>
  items.map(({ kind, notification }) => (notification ? `${kind} ${notification.title}` : kind))

/** The same with where each stands, such as `UPDATED Number 3 READ`. */
export const briefStates = (items: readonly SeenItem[]): string[] =>
  items.map(({ kind, notification }) =>
    notification ? `${kind} ${notification.title} ${notification.state}` : kind,
  )
