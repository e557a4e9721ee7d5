import type { Contract } from './contract.ts'
import { ownWords, type Words, wordyChannels } from './notification-words.ts'
import type { AnyNotification } from './notifications.ts'
import { fixedLength, variablesOf } from './templates.ts'

/** What every template may use, see `NotificationType.variables`. */
const givenVariables = ['watching']

/** Letters of a push message that phones show of it before it is opened, besides the values in it. */
const shownOfPush = { title: 65, body: 180 } as const

/** What is wrong with the notification types of a house, each with what to mend. */
export function notificationProblems(contracts: readonly Contract[]): string[] {
  const problems: string[] = []
  const keys = new Map<string, string>()
  const categories = new Set(
    contracts.flatMap((contract) => Object.keys(contract.notificationCategories ?? {})),
  )
  const prefixes = new Set(contracts.flatMap(({ ids }) => Object.keys(ids)))
  for (const { domain, events, notifications = [] } of contracts) {
    for (const type of notifications) {
      const other = keys.get(type.key)
      if (other) problems.push(`notification ${type.key} is declared by ${other} and ${domain}: change one`)
      keys.set(type.key, domain)
      if (!categories.has(type.category)) {
        problems.push(
          `notification ${type.key} has the category ${type.category}, which no contract declares`,
        )
      }
      if (type.event && !events.some((event) => event.name === type.event?.name)) {
        problems.push(`notification ${type.key} follows ${type.event.name}, which is no event of ${domain}`)
      }
      problems.push(...kindProblems(type, prefixes))
      problems.push(...templateProblems(type), ...channelProblems(type), ...pushProblems(type))
    }
  }
  return problems
}

const kindProblems = ({ key, watchers }: AnyNotification, prefixes: ReadonlySet<string>): string[] =>
  (watchers?.kinds ?? [])
    .filter((kind) => !prefixes.has(kind))
    .map((kind) => `notification ${key} is for who watches a thing of the kind ${kind}, which there is not`)

/** @returns a line for each text that is no ICU message or shows what nobody hands in. */
export function templateProblems({ key, variables, templates }: AnyNotification): string[] {
  const known = new Set<string>([...variables, ...givenVariables])
  return Object.entries(templates).flatMap(([language, { title, body, mail, push }]) =>
    [title, body, mail?.subject, mail?.body, push?.title, push?.body].flatMap((template = '') => {
      try {
        const missing = [...variablesOf(template)].filter((name) => !known.has(name))
        return missing.length > 0
          ? [
              `TEMPLATE_MISSING_VARIABLE: notification ${key} shows ${missing.join(', ')} in ${language}: declare it in its variables`,
            ]
          : []
      } catch (error) {
        return [`notification ${key} has a text in ${language} that is no ICU message (${String(error)})`]
      }
    }),
  )
}

/** @returns a line for each way that has words where nobody reads them, or has none where they are missed. */
function channelProblems({ key, channels, templates }: AnyNotification): string[] {
  return wordyChannels.flatMap((channel) => {
    const without = Object.entries(templates).filter(([, template]) => ownWords(template, channel) === null)
    if (without.length === Object.keys(templates).length) return []
    if (channels[channel] === undefined)
      return [`notification ${key} has words for ${channel}, by which it does not come`]
    return without.map(
      ([language]) => `notification ${key} has words of their own for ${channel}, but none in ${language}`,
    )
  })
}

/** @returns a line for each text that a phone would cut whatever is shown in it. */
function pushProblems({ key, channels, templates }: AnyNotification): string[] {
  if (channels.PUSH === undefined) return []
  return Object.entries(templates).flatMap(([language, template]) =>
    tooLong(ownWords(template, 'PUSH') ?? { body: '', ...template }).map(
      (part) =>
        `notification ${key} pushes a ${part} in ${language} of more than ${shownOfPush[part]} letters: say it shorter in its push`,
    ),
  )
}

const tooLong = (words: Words) =>
  (['title', 'body'] as const).filter((part) => {
    try {
      return fixedLength(words[part]) > shownOfPush[part]
    } catch {
      // It cannot be read, which is told already.
      return false
    }
  })
