/** Tags as they are kept and compared: small letters, words joined by a dash, each once, in the order given. */
export const normalisedTags = (tags: readonly string[]): string[] => [
  ...new Set(tags.map(normalisedTag).filter((tag) => tag !== '')),
]

export const normalisedTag = (tag: string): string =>
  tag
    .normalize('NFKC')
    .toLowerCase()
    .trim()
    .replace(/^#+/, '')
    .replaceAll(/[\s_]+/g, '-')
