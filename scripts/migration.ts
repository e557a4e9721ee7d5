// npm run migration -- <domain> [name] [--custom]    writes the next migration of a domain
// node scripts/migration.ts --check                  fails when tables and migrations of any domain differ
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import { findDrift } from './helpers/drift.ts'
import { checkout, migrationsFolder, tableFiles } from './helpers/table-files.ts'

const usage = 'usage: npm run migration -- <domain> [name_of_the_change] [--custom]   or   --check'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { check: { type: 'boolean' }, custom: { type: 'boolean' } },
})

process.exitCode = values.check ? await check() : await generate(positionals, values.custom === true)

async function check(): Promise<number> {
  const drift = await findDrift()
  for (const line of drift) console.error(line)
  if (drift.length > 0)
    console.error('Write the missing migrations with: npm run migration -- <domain> <name>')
  return drift.length > 0 ? 1 : 0
}

async function generate([domain, name]: string[], custom: boolean): Promise<number> {
  const file = domain === undefined ? undefined : tableFiles().get(domain)
  if (domain === undefined || file === undefined) {
    return refuse(`${usage}\nDomains with tables: ${[...tableFiles().keys()].join(', ')}`)
  }
  const isFirst = !existsSync(join(migrationsFolder, domain))
  const title = (name ?? (isFirst ? 'init' : '')).replaceAll('-', '_')
  if (!/^[a-z][a-z0-9_]*$/.test(title)) {
    return refuse(`Name the change in small letters, such as add_deadline.\n${usage}`)
  }
  const args = ['generate', '--dialect', 'postgresql', '--casing', 'snake_case', '--name', title]
  // drizzle-kit reads these as patterns with forward slashes, from the current folder.
  args.push('--schema', relative(checkout, file).replaceAll('\\', '/'), '--out', `drizzle/${domain}`)
  if (custom) args.push('--custom')
  // The terminal is handed on: drizzle-kit asks whether a column was renamed or replaced.
  spawnSync(process.execPath, [drizzleKit(), ...args], { cwd: checkout, stdio: 'inherit' })
  // drizzle-kit ends with 0 also when it gave up; what it wrote tells.
  const drift = custom ? [] : await findDrift([domain])
  return drift.length === 0 ? 0 : refuse(drift.join('\n'))
}

function refuse(message: string): number {
  console.error(message)
  return 1
}

function drizzleKit(): string {
  return join(dirname(createRequire(import.meta.url).resolve('drizzle-kit')), 'bin.cjs')
}
