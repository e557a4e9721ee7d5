import { IntlMessageFormat } from 'intl-messageformat'
import type { TemplateValue } from './notifications.ts'

type Ast = ReturnType<IntlMessageFormat['getAst']>

/** Templates are part of the code: there are only so many. */
const parsed = new Map<string, Ast>()

function astOf(template: string): Ast {
  let ast = parsed.get(template)
  if (!ast) {
    ast = new IntlMessageFormat(template, 'en').getAst()
    parsed.set(template, ast)
  }
  return ast
}

/** Who reads a text. */
export interface Reader {
  /** BCP 47, such as `de-CH`. */
  locale: string
  /** IANA zone in which instants are told. */
  timezone: string
}

/** An ICU message in somebody's language and time zone, the same for every ICU. @throws Error when a value is missing. */
export const formatTemplate = (
  template: string,
  { locale, timezone }: Reader,
  values: Readonly<Record<string, TemplateValue>>,
): string =>
  String(
    new IntlMessageFormat(astOf(template), locale, undefined, {
      formatters: {
        getNumberFormat: (...args) => new Intl.NumberFormat(...args),
        getPluralRules: (...args) => new Intl.PluralRules(...args),
        getDateTimeFormat: (locales, options) =>
          // The template was read as English; whether hours go to 12 or to 24 is the reader's matter.
          new Intl.DateTimeFormat(locales, {
            ...options,
            hourCycle: undefined,
            hour12: undefined,
            timeZone: timezone,
          }),
      },
    }).format(values),
  ).replaceAll('\u202F', ' ')

/** The variables that a template uses. @throws SyntaxError when it is no ICU message. */
export function variablesOf(template: string): Set<string> {
  const found = new Set<string>()
  collect(astOf(template), found)
  return found
}

/**
 * How many letters a template says by itself at most: its longest choices, and nothing for what it shows.
 *
 * @throws SyntaxError when it is no ICU message.
 */
export const fixedLength = (template: string): number => lengthOf(astOf(template))

const lengthOf = (ast: Ast): number =>
  ast.reduce((length, element) => {
    if (element.type === textElement) return length + element.value.length
    if ('options' in element)
      return length + Math.max(...Object.values(element.options).map(({ value }) => lengthOf(value)))
    return length + ('children' in element ? lengthOf(element.children) : 0)
  }, 0)

function collect(ast: Ast, found: Set<string>): void {
  for (const element of ast) {
    // Of a text it is not the name of a variable.
    if ('value' in element && element.type !== textElement) found.add(element.value)
    if ('options' in element) for (const { value } of Object.values(element.options)) collect(value, found)
    if ('children' in element) collect(element.children, found)
  }
}

/** As the parser numbers it; its enumeration exists for the compiler alone. */
const textElement = 0
