import { type SQL, sql } from 'drizzle-orm'
import { eventWords } from './tables/event-words.ts'
import { events } from './tables.ts'

/** Events that have every word of the text, or one that begins like it, in title, hashtag, venue or summary. */
export const matchingWords = (text: string): SQL => sql`${eventWords(events)} @@ ${wordsOf(text)}`

/** How well an event fits the text, as a whole number: pages are cut by it. */
export const relevanceOf = (text: string): SQL<number> =>
  sql<number>`(ts_rank(${eventWords(events)}, ${wordsOf(text)}) * 1000000)::integer`

/** The text is cut into words as the events are, so that what is written alike is found. No words: nothing. */
const wordsOf = (text: string): SQL =>
  sql`(select array_to_string(array(select quote_literal(lexeme) || ':*' from unnest(to_tsvector('simple'::regconfig, ${harmless(text)}))), ' & ')::tsquery)`

/** Backslashes mean something where words are quoted, and NUL nothing at all. */
const harmless = (text: string): string => text.replaceAll(/[\\\0]/g, ' ')
