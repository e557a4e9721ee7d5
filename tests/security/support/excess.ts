const times = (count: number, text: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => text(index)).join(' ')

const nested = (field: string, depth: number): string =>
  depth === 1 ? '{ id }' : `{ ${field} ${nested(field, depth - 1)} }`

const wrongLogin =
  'login(input: { email: "ada@example.org", password: "wrong horse" }) { userErrors { code } }'
export const logins = (count: number) => `mutation { ${times(count, (i) => `l${i}: ${wrongLogin}`)} }`

/** A fragment that stands for 2^levels others. */
const bomb = (levels: number) =>
  `{ ...F0 } ${times(levels, (i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`)} fragment F${levels} on Query { __typename }`

const deepInput = (levels: number): unknown => (levels === 0 ? 1 : [deepInput(levels - 1)])

/** The same of streams, which are not served over plain HTTP. */
export const excessiveStreams: typeof excessive = {
  'a stream with 31 aliases': [
    { query: `subscription { notificationStream { ${times(31, (i) => `a${i}: kind`)} } }` },
    ['MAX_ALIASES_LIMIT'],
  ],
  'a stream beside 501 fields': [
    { query: `subscription { notificationStream { kind } } fragment F on User { ${'id '.repeat(501)} }` },
    ['MAX_FIELDS_LIMIT'],
  ],
  'a stream with deep variables': [
    {
      query: 'subscription ($x: String) { notificationStream(after: $x) { kind } }',
      variables: { x: deepInput(30) } as object,
    },
    ['BAD_USER_INPUT'],
  ],
}

/** What asks for too much → the codes of its errors, over whichever transport. */
export const excessive: Record<string, [payload: { query: string; variables?: object }, codes: string[]]> = {
  '101 aliases': [
    { query: `{ ${times(101, (i) => `a${i}: __typename`)} }` },
    ['MAX_ALIASES_LIMIT', 'MAX_ROOT_FIELDS_LIMIT'],
  ],
  '31 aliases below the root': [
    { query: `{ me { ${times(31, (i) => `a${i}: __typename`)} } }` },
    ['MAX_ALIASES_LIMIT'],
  ],
  '14 logins': [{ query: logins(14) }, ['MAX_ROOT_FIELDS_LIMIT']],
  '200 logins': [{ query: logins(200) }, ['GRAPHQL_PARSE_FAILED']],
  '40 logins': [{ query: logins(40) }, ['MAX_ALIASES_LIMIT', 'MAX_ROOT_FIELDS_LIMIT']],
  '21 root fields': [{ query: `{ ${'__typename '.repeat(21)} }` }, ['MAX_ROOT_FIELDS_LIMIT']],
  'the same field 501 times': [{ query: `{ me { ${'id '.repeat(501)} } }` }, ['MAX_FIELDS_LIMIT']],
  'the same field 200 times': [{ query: `{ me { ${'id '.repeat(200)} } }` }, ['MAX_FIELDS_LIMIT']],
  '5,000 times the same': [{ query: `{ ${'me{id}'.repeat(5_000)} }` }, ['GRAPHQL_PARSE_FAILED']],
  '3,000 directives': [
    { query: `{ me ${'@include(if: true)'.repeat(3_000)} { id } }` },
    ['GRAPHQL_PARSE_FAILED'],
  ],
  '51 directives': [{ query: `{ me { ${'id @include(if: true) '.repeat(51)} } }` }, ['MAX_DIRECTIVES_LIMIT']],
  '15 levels': [{ query: nested('me', 15) }, ['MAX_DEPTH_LIMIT']],
  '40 levels': [{ query: nested('me', 40) }, ['MAX_DEPTH_LIMIT']],
  'a page of 99,999,999': [{ query: '{ events(first: 99999999) { nodes { id } } }' }, ['BAD_USER_INPUT']],
  'such a page by a variable': [
    { query: 'query ($n: Int) { events(first: $n) { nodes { id } } }', variables: { n: 99_999_999 } },
    ['BAD_USER_INPUT'],
  ],
  'more than it may cost': [
    {
      query:
        '{ events(first: 100) { nodes { registrations(first: 100) { nodes { participant { id } } } } } }',
    },
    ['COST_ESTIMATED_TOO_EXPENSIVE'],
  ],
  'a fragment that spreads itself': [
    { query: '{ ...A } fragment A on Query { me { id } ...A }' },
    ['GRAPHQL_VALIDATION_FAILED'],
  ],
  'fragments that spread each other': [
    { query: '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }' },
    ['GRAPHQL_VALIDATION_FAILED'],
  ],
  'a fragment that stands for 262,144': [
    { query: bomb(18) },
    ['MAX_ROOT_FIELDS_LIMIT', ...Array<string>(3).fill('MAX_FIELDS_LIMIT')],
  ],
  '300 selections of one place': [
    { query: `{ me { ${'memberships { id role } '.repeat(300)} } }` },
    ['MAX_FIELDS_LIMIT'],
  ],
  'variables 1,000 levels deep': [
    {
      query: 'query ($x: Int) { me { id } events(first: $x) { nodes { id } } }',
      variables: { x: deepInput(1_000) } as object,
    },
    ['BAD_USER_INPUT'],
  ],
}
