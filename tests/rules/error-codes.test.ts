import { readFileSync } from 'node:fs'
import path from 'node:path'
import { sharedCodes } from '@guildhall/kit/contract'
import { loadContracts } from '@guildhall/kit/discover'
import { errorCodes } from '@guildhall/kit/errors'
import { describe, expect, it } from 'vitest'
import { root, sources } from './support/sources.ts'

const contracts = await loadContracts()
const protocol = readFileSync(path.join(root, 'docs/protocol.md'), 'utf8')

describe.each(contracts)('the codes of $domain', ({ domain, codes }) => {
  const files = sources(`subgraphs/${domain}/**/*.ts`).filter(
    ({ path: file }) => !/\/tests\/|\/contract\.ts$/.test(file),
  )
  const declared = new Set([...Object.keys(codes), ...Object.keys(sharedCodes)])

  it('are declared where they are used', () => {
    const undeclared = files.flatMap(({ path: file, code }) =>
      usedCodes(code)
        .filter((used) => !declared.has(used))
        .map(
          (used) => `${file} fails with ${used}: declare it in the codes of subgraphs/${domain}/contract.ts`,
        ),
    )
    expect(undeclared).toEqual([])
  })

  it('are used where they are declared', () => {
    const all = files.map(({ code }) => code).join('\n')
    const unused = Object.keys(codes)
      .filter((code) => !all.includes(`'${code}'`))
      .map((code) => `subgraphs/${domain}/contract.ts declares ${code}, which nothing uses: remove it`)
    expect(unused).toEqual([])
  })

  it('do not give a shared code a second meaning', () => {
    expect(Object.keys(codes).filter((code) => code in sharedCodes)).toEqual([])
  })

  it('are explained in docs/protocol.md', () => {
    expect(Object.keys(codes).filter((code) => !isExplained(code))).toEqual([])
  })
})

it('every thrown code and every shared one is explained in docs/protocol.md', () => {
  const thrown = sources('kit/**/*.ts', 'router/**/*.ts')
    .filter(({ path: file }) => !file.includes('/tests/'))
    .flatMap(({ code }) =>
      [...code.matchAll(/extensions:\s*\{\s*code:\s*'([A-Z_]+)'/g)].map((match) => match[1] ?? ''),
    )
  // The list of what the router lets through.
  const [mask] = sources('router/operations/errors.ts')
  const masked = [...(mask?.code ?? '').matchAll(/'([A-Z]+(?:_[A-Z]+)+)'/g)].map((match) => match[1] ?? '')
  const unexplained = [...new Set([...errorCodes, ...Object.keys(sharedCodes), ...thrown, ...masked])]
    .filter((code) => !isExplained(code))
    .map((code) => `${code}: explain it to clients in docs/protocol.md`)
  expect(unexplained).toEqual([])
})

it('finds codes in calls, in zod rules and in failures with data', () => {
  const code = `
    failed(contract.failure('A_B', 'x'))
    failed(contract.failure(
      'C_D', 'x'))
    x.refine(ok, { params: { code: 'E_F' } })
    const busy = { __typename: 'BusyError', code: 'G_H', message }
    contract.failure(full ? 'I_J' : 'K_L', 'x')`
  expect(usedCodes(code)).toEqual(['A_B', 'C_D', 'E_F', 'G_H', 'I_J', 'K_L'])
})

/** Codes that go into user errors, as far as they stand there as text. */
function usedCodes(code: string): string[] {
  return [...code.matchAll(/(?:\bfailure\(|\bcode:)([^,}]*)/g)].flatMap((match) =>
    [...(match[1] ?? '').matchAll(/'([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*)'/g)].map((name) => name[1] ?? ''),
  )
}

const isExplained = (code: string): boolean => protocol.includes(`| \`${code}\` |`)
