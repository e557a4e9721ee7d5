import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'

/**
 * What full text search looks at, the title first. Words stand as they are written: events are of many languages, and
 * word stems of one would be wrong in the others. The index and the search must say it alike.
 */
export const eventWords = (t: Record<'title' | 'summary' | 'venue' | 'hashtag', SQLWrapper>): SQL =>
  sql`(setweight(to_tsvector('simple'::regconfig, ${t.title}), 'A') || setweight(to_tsvector('simple'::regconfig, coalesce(${t.hashtag}, '')), 'B') || setweight(to_tsvector('simple'::regconfig, coalesce(${t.venue}, '')), 'C') || setweight(to_tsvector('simple'::regconfig, coalesce(${t.summary}, '')), 'D'))`
