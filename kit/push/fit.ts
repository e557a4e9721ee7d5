import type { PushMessage } from './message.ts'

/** What both services take for a whole message, in bytes. */
export const payloadMax = 4_096

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/**
 * What a message becomes, with its body (and if need be its title) cut so that it fits. What people see as one letter
 * stays whole.
 *
 * @throws RangeError when it is the data that is too large.
 */
export function fit(
  message: PushMessage,
  maxBytes: number,
  render: (message: PushMessage) => string,
): string {
  const whole = render(message)
  if (Buffer.byteLength(whole) <= maxBytes) return whole
  const withoutBody = { ...message, body: null }
  const fits = (candidate: PushMessage) => Buffer.byteLength(render(candidate)) <= maxBytes
  if (message.body !== null && fits(withoutBody)) {
    return render({ ...message, body: cut(message.body, (body) => fits({ ...message, body })) })
  }
  if (!fits({ ...withoutBody, title: '' })) throw new RangeError('the data of a push message is too large')
  return render({ ...withoutBody, title: cut(message.title, (title) => fits({ ...withoutBody, title })) })
}

/** The longest beginning that fits, found by halving: texts may be long. */
function cut(text: string, fits: (text: string) => boolean): string {
  const letters = [...segmenter.segment(text)].map(({ segment }) => segment)
  const beginning = (length: number) => `${letters.slice(0, length).join('').trimEnd()}…`
  let [shortest, tooLong] = [0, letters.length]
  while (tooLong - shortest > 1) {
    const middle = Math.floor((shortest + tooLong) / 2)
    if (fits(beginning(middle))) shortest = middle
    else tooLong = middle
  }
  return shortest === 0 ? '' : beginning(shortest)
}
