import { domainNames } from '@guildhall/kit/discover'
import { describe, expect, it } from 'vitest'
import { importsOf, type Source, sources, withoutComments, withoutStrings } from './support/sources.ts'

const domains = domainNames()
const ours = sources('{kit,router,schema,scripts,subgraphs,tests,bench}/**/*.ts', '*.ts')
const shipped = sources('{kit,router,subgraphs}/**/*.ts').filter(
  ({ path }) => !/(^|\/)(tests|testing)\/|vitest\.config\.ts$/.test(path),
)

/** Parts of the kit that do I/O; a rule of a domain is given what it needs. */
const kitWithIo =
  /^@guildhall\/kit\/(columns|context|create-context|database|host|idempotency|loaders|migrate|nested-pages|paging|peers|schedules|signals|subgraph-runtime|transaction|events\/.*|postgres.*)$/

describe('boundaries', () => {
  it('a domain knows of another nothing but its contract', () => {
    expect(shipped.flatMap(foreignImports)).toEqual([])
  })

  it('the kit and the router know of no domain', () => {
    expect(
      shipped
        .filter(({ path }) => !path.startsWith('subgraphs/'))
        .flatMap((file) =>
          importsOf(file.code)
            .filter(({ module }) => domains.some((domain) => module.startsWith(`@guildhall/${domain}`)))
            .map(({ module }) => `${file.path} imports ${module}: domains are found by kit/discover`),
        ),
    ).toEqual([])
  })

  it('resolvers send no SQL', () => {
    expect(
      imports('/resolvers/', /^drizzle-orm/, 'call a command, a query or a loader', { withTypes: true }),
    ).toEqual([])
  })

  it('the rules of a domain are pure', () => {
    const why = 'rules are pure, hand in what they need'
    expect([
      ...imports('/domain/', /^(drizzle-orm|graphql)/, why, { withTypes: true }),
      ...imports('/domain/', kitWithIo, why),
      ...imports('/domain/', /^(\.\.\/)+(tables|loaders|queries|commands|resolvers|reactions|subgraph)/, why),
    ]).toEqual([])
  })

  it('the environment is read in one place', () => {
    const isReader = ({ path }: Source) =>
      /^(kit|router)\/config\.ts$|^(scripts|bench|tests)\/|^schema\/compose\.ts$|\/(tests|testing)\//.test(
        path,
      )
    expect(
      offences(
        ours.filter((file) => !isReader(file)),
        /process\.env\b/,
        'read it in kit/config.ts',
      ),
    ).toEqual([])
  })

  it('time comes from the clock', () => {
    const files = shipped.filter(({ path }) => path !== 'kit/clock.ts')
    const inDomains = files.filter(({ path }) => path.startsWith('subgraphs/'))
    expect([
      ...offences(files, /new Date\(\s*\)/, 'ask ctx.now()'),
      ...offences(inDomains, /\bDate\.now\(/, 'ask ctx.now()'),
    ]).toEqual([])
  })

  it('a domain whose tables name people says how it tells of them and forgets them', () => {
    const named = sources('subgraphs/*/tables.ts', 'subgraphs/*/tables/*.ts').filter(({ code }) =>
      /(typeId|identified)\('usr'\)/.test(code),
    )
    const mute = [...new Set(named.map(({ path }) => path.split('/')[1] ?? ''))].filter(
      (domain) => !sources(`subgraphs/${domain}/subgraph.ts`).some(({ code }) => /\bprivacy\b/.test(code)),
    )
    expect(named.length).toBeGreaterThan(5)
    expect(mute).toEqual([])
  })

  it('nothing is any', () => {
    expect(
      offences(ours, /(?:[:<,|&(]|\bas|=>)\s*any\b(?!\s*[:(])/, 'use unknown, or say what it is'),
    ).toEqual([])
  })

  it('notices what it looks for', () => {
    const file = (path: string, code: string) => ({ path, code: withoutComments(code) })
    expect(
      foreignImports(
        file(
          'subgraphs/a/x.ts',
          "import contract from '@guildhall/events/contract'\nimport { z } from '../events/tables.ts'\n" +
            "import { t } from '@guildhall/events/tables'\nimport u from './x.ts' // from '@guildhall/events/y'",
        ),
      ),
    ).toEqual([
      'subgraphs/a/x.ts imports ../events/tables.ts: take what you need from the contract of the other domain',
      'subgraphs/a/x.ts imports @guildhall/events/tables: take what you need from the contract of the other domain',
    ])
    const bad = [file('x.ts', "const a: any = 1 // any\nconst s = 'as any'\nlet b = c as any\nf<any>()")]
    expect(offences(bad, /(?:[:<,|&(]|\bas|=>)\s*any\b(?!\s*[:(])/, 'no')).toHaveLength(3)
    expect(offences([file('x.ts', 'new Date()\nnew Date(1)')], /new Date\(\s*\)/, 'no')).toEqual([
      'x.ts: `new Date()`: no',
    ])
    expect(importsOf("import type { A } from 'a'\nimport 'b'\nexport * from 'c'\nawait import('d')")).toEqual(
      [
        { module: 'a', isTypeOnly: true },
        { module: 'b', isTypeOnly: false },
        { module: 'c', isTypeOnly: false },
        { module: 'd', isTypeOnly: false },
      ],
    )
  })
})

function foreignImports({ path, code }: Source): string[] {
  const [top, own] = path.split('/')
  if (top !== 'subgraphs' || !own) return []
  const depth = path.split('/').length - 3
  return importsOf(code)
    .filter(({ module }) => {
      const named = module.match(/^@guildhall\/([^/]+)(\/.*)?$/)
      if (named) return named[1] !== 'kit' && (named[1] === own || named[2] !== '/contract')
      return (module.match(/\.\.\//g) ?? []).length > depth
    })
    .map(
      ({ module }) => `${path} imports ${module}: take what you need from the contract of the other domain`,
    )
}

/** Forbidden imports of the files below a folder of a domain. */
const imports = (folder: string, forbidden: RegExp, why: string, { withTypes = false } = {}): string[] =>
  shipped
    .filter(({ path }) => path.startsWith('subgraphs/') && path.includes(folder))
    .flatMap(({ path, code }) =>
      importsOf(code)
        .filter(({ module, isTypeOnly }) => forbidden.test(module) && (withTypes || !isTypeOnly))
        .map(({ module }) => `${path} imports ${module}: ${why}`),
    )

const offences = (files: readonly Source[], pattern: RegExp, why: string): string[] =>
  files.flatMap(({ path, code }) =>
    [...withoutStrings(code).matchAll(new RegExp(pattern, 'g'))].map(
      ([found]) => `${path}: \`${found.trim()}\`: ${why}`,
    ),
  )
