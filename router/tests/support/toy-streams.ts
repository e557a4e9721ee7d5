import type { EventEmitter } from 'node:events'
import { pushIterator } from '@guildhall/kit/push-iterator'

type Row = Record<string, unknown>

interface Bus {
  bus: EventEmitter
  openStreams: number
}

/** Streams of what happens on the bus. */
export const toyStreams =
  (state: Bus) =>
  (event: string, field: string, keep: (row: { n: number }) => boolean = () => true) =>
  () =>
    pushIterator<Row>(({ push, fail }) => {
      const hear = (row: { n: number }) => {
        if (keep(row)) push({ [field]: row })
      }
      state.openStreams += 1
      state.bus.on(event, hear).on('break', fail)
      return () => {
        state.openStreams -= 1
        state.bus.off(event, hear).off('break', fail)
      }
    }, 50)

/** A stream with a cursor: begins, as such streams do, by saying where the subscriber stands. */
export const toyFeed =
  (state: Bus) =>
  (_: unknown, { after }: { after?: string }) => {
    const live = toyStreams(state)('note', 'noteFeed')()
    const next = live.next.bind(live)
    let opened = false
    return Object.assign(live, {
      async next() {
        if (opened) return next()
        opened = true
        return { done: false as const, value: { noteFeed: { id: `after ${after ?? 'now'}` } } }
      },
    })
  }
