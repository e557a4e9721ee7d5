import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { StartProblem } from './postgres/start-problem.ts'

/** One SQL file as drizzle-kit writes it. */
export interface Migration {
  /** `0003_add_deadline`: the file without `.sql`. */
  name: string
  /** SHA-256 of the text with `\n` line ends, so that a checkout on Windows counts as the same. */
  hash: string
  statements: string[]
}

/**
 * Reads the migrations of every domain below a folder, in the order in which they apply.
 *
 * @throws {@link StartProblem} when the files and the journal that drizzle-kit keeps beside them disagree.
 */
export function readMigrations(folder: string, domains?: readonly string[]): Map<string, Migration[]> {
  const found = domains ?? migratedDomains(folder)
  return new Map(found.map((domain) => [domain, readDomain(join(folder, domain), domain)]))
}

/** The domains that have migrations, found by looking. */
export function migratedDomains(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((domain) => existsSync(join(folder, domain, 'meta', '_journal.json')))
    .sort()
}

function readDomain(folder: string, domain: string): Migration[] {
  const journal = join(folder, 'meta', '_journal.json')
  if (!existsSync(journal))
    throw new StartProblem(`Domain ${domain} has no migrations (${journal} is missing).`)
  const { entries } = JSON.parse(readFileSync(journal, 'utf8')) as { entries: { idx: number; tag: string }[] }
  const names = entries.map(({ tag }) => tag)
  const files = readdirSync(folder).filter((file) => file.endsWith('.sql'))
  const stray = files.find((file) => !names.includes(file.slice(0, -'.sql'.length)))
  if (stray) throw new StartProblem(`Migration ${domain}/${stray} is not in ${domain}/meta/_journal.json.`)
  for (const [position, { idx, tag }] of entries.entries()) {
    if (idx !== position || !tag.startsWith(`${String(position).padStart(4, '0')}_`)) {
      throw new StartProblem(
        `Migration ${domain}/${tag} is out of sequence: number ${position} was expected.`,
      )
    }
  }
  return names.map((name) => readMigration(folder, domain, name))
}

function readMigration(folder: string, domain: string, name: string): Migration {
  const file = join(folder, `${name}.sql`)
  if (!existsSync(file))
    throw new StartProblem(`Migration ${domain}/${name} is in the journal, but its file is missing.`)
  const text = readFileSync(file, 'utf8').replaceAll('\r\n', '\n')
  return {
    name,
    hash: createHash('sha256').update(text).digest('hex'),
    statements: text.split('--> statement-breakpoint').filter((statement) => statement.trim() !== ''),
  }
}
