import type { Contract } from './contract.ts'
import type { AnyNotification } from './notifications.ts'
import { variablesOf } from './templates.ts'

/** What every template may use, see `NotificationType.variables`. */
const givenVariables = ['watching']

/** What is wrong with the notification types of a house, each with what to mend. */
export function notificationProblems(contracts: readonly Contract[]): string[] {
  const problems: string[] = []
  const keys = new Map<string, string>()
  const categories = new Set(
    contracts.flatMap((contract) => Object.keys(contract.notificationCategories ?? {})),
  )
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
      problems.push(...templateProblems(type))
    }
  }
  return problems
}

/** @returns a line for each text that is no ICU message or shows what nobody hands in. */
export function templateProblems({ key, variables, templates }: AnyNotification): string[] {
  const known = new Set<string>([...variables, ...givenVariables])
  return Object.entries(templates).flatMap(([language, { title, body = '' }]) =>
    [title, body].flatMap((template) => {
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
