/** Languages that the house itself writes and speaks; whoever reads none of them gets the first. */
export const languages = ['en', 'de'] as const

export type Language = (typeof languages)[number]

/** The language for somebody who reads as a BCP 47 tag such as `de-CH` says. */
export const languageOf = (locale: string): Language => {
  const [language] = locale.split('-')
  return languages.find((known) => known === language) ?? languages[0]
}
