import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { root } from './support/sources.ts'

it.each([
  ['the composed schema', 'schema/compose.ts'],
  ['the migrations', 'scripts/migration.ts'],
])(
  '%s is what the domains say: %s --check',
  (_, script) => {
    const { status, stderr } = spawnSync(process.execPath, [script, '--check'], {
      cwd: root,
      encoding: 'utf8',
    })
    expect(stderr).toBe('')
    expect(status).toBe(0)
  },
  120_000,
)
