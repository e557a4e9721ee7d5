// Sums what vitest reported in every workspace (see vitest.shared.ts); the last line is "N passed, N failed".
import { existsSync, globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { checkout } from './helpers/table-files.ts'

interface Report {
  numPassedTests: number
  numFailedTests: number
  numPendingTests: number
  testResults: { name: string; status: string; assertionResults: unknown[] }[]
}

let [passed, failed, skipped] = [0, 0, 0]
for (const workspace of testedWorkspaces()) {
  const file = path.join(checkout, workspace, '.turbo', 'vitest.json')
  if (!existsSync(file)) {
    // It crashed, or was never run: silence is no success.
    console.log(`${workspace}: no report`)
    failed += 1
    continue
  }
  const report = JSON.parse(readFileSync(file, 'utf8')) as Report
  // A file that cannot even be loaded has no tests to count.
  const broken = report.testResults.filter(
    (result) => result.status === 'failed' && result.assertionResults.length === 0,
  )
  for (const { name } of broken) console.log(`${path.relative(checkout, name)}: could not be run`)
  passed += report.numPassedTests
  failed += report.numFailedTests + broken.length
  skipped += report.numPendingTests
}
if (skipped > 0) console.log(`${skipped} skipped`)
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed > 0 ? 1 : 0

function testedWorkspaces(): string[] {
  const { workspaces } = readPackage('.') as { workspaces: string[] }
  return globSync(workspaces, { cwd: checkout }).filter((folder) => readPackage(folder).scripts?.test)
}

function readPackage(folder: string): { scripts?: Record<string, string>; workspaces?: string[] } {
  const file = path.join(checkout, folder, 'package.json')
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}
}
