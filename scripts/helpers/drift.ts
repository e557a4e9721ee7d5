import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { isDeepStrictEqual } from 'node:util'
import { migratedDomains, readMigrations } from '@guildhall/kit/migrations'
import { StartProblem } from '@guildhall/kit/postgres/start-problem'
import { generateDrizzleJson } from 'drizzle-kit/api'
import { migrationsFolder, tableFiles } from './table-files.ts'

type Snapshot = Record<string, unknown>

/**
 * What the tables declare and the migrations lack or the other way round, a line each.
 *
 * @param domains default: all.
 */
export async function findDrift(domains?: readonly string[]): Promise<string[]> {
  const isMeant = (domain: string) => domains?.includes(domain) ?? true
  const files = new Map([...tableFiles()].filter(([domain]) => isMeant(domain)))
  const migrated = migratedDomains(migrationsFolder).filter(isMeant)
  const lines = migrated
    .filter((domain) => !files.has(domain))
    .map((domain) => `drizzle/${domain} has migrations, but no such domain has tables.`)
  for (const [domain, file] of files) {
    lines.push(
      ...(migrated.includes(domain)
        ? await compare(domain, file)
        : [`${domain} has tables, but no migration.`]),
    )
  }
  return lines
}

async function compare(domain: string, file: string): Promise<string[]> {
  const declared = fromTables(await import(pathToFileURL(file).href))
  try {
    const migrated = fromMigrations(domain)
    return [...new Set([...Object.keys(declared), ...Object.keys(migrated)])]
      .filter((part) => !isDeepStrictEqual(declared[part], migrated[part]))
      .map((part) => `${domain}: ${part} in the tables differs from the migrations.`)
  } catch (error) {
    if (error instanceof StartProblem) return [error.message]
    throw error
  }
}

const fromTables = (tables: Record<string, unknown>): Snapshot =>
  parts(JSON.parse(JSON.stringify(generateDrizzleJson(tables, undefined, undefined, 'snake_case'))))

/** drizzle-kit keeps what the tables looked like after each migration; the last one counts. */
function fromMigrations(domain: string): Snapshot {
  const last = readMigrations(migrationsFolder, [domain]).get(domain)?.at(-1)?.name.slice(0, 4)
  return parts(
    JSON.parse(readFileSync(join(migrationsFolder, domain, 'meta', `${last}_snapshot.json`), 'utf8')),
  )
}

/** Flattened by one level, `table events.event` → its definition, so that a difference can be named. */
function parts(snapshot: Snapshot): Snapshot {
  const incidental = new Set(['id', 'prevId', '_meta'])
  return Object.fromEntries(
    Object.entries(snapshot)
      .filter(([kind]) => !incidental.has(kind))
      .flatMap(([kind, value]) =>
        typeof value === 'object' && value !== null
          ? Object.entries(value).map(([name, definition]) => [`${kind} ${name}`, definition] as const)
          : [[kind, value] as const],
      ),
  )
}
