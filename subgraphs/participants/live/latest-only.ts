import { type PushSink, pushIterator } from '@guildhall/kit/push-iterator'

/**
 * A stream of states of which only the latest matters: a reader that is slow is told less often, never of what is no longer
 * so. Of each key one state waits at most, and a state that was told is not told again.
 *
 * @param keyOf what it is a state of.
 * @param markOf what is worth telling of it.
 */
export function latestOnly<State>(
  start: (sink: Omit<PushSink<State>, 'onTaken'>) => () => void,
  keyOf: (state: State) => string,
  markOf: (state: State) => string,
): AsyncIterableIterator<State> {
  return pushIterator<State>(({ push, end, fail, onTaken }) => {
    const told = new Map<string, string>()
    const waiting = new Map<string, State>()
    let unread = 0
    const pushNext = () => {
      const [next] = waiting
      if (!next || unread > 0) return
      const [key, state] = next
      waiting.delete(key)
      told.set(key, markOf(state))
      unread += 1
      push(state)
    }
    onTaken(() => {
      unread -= 1
      pushNext()
    })
    return start({
      push(state) {
        const key = keyOf(state)
        if (told.get(key) === markOf(state)) waiting.delete(key)
        else waiting.set(key, state)
        pushNext()
      },
      end,
      fail,
    })
  })
}
