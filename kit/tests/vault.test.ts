import { expect, it } from 'vitest'
import { ConfigError, readConfig } from '../config.ts'
import { createVault, vaultFrom } from '../vault.ts'

const [first, second] = ['the first secret of this house 1111', 'the second secret of this house 222']
const place = 'identity.totp_factor.secret:one'

it('opens what it has sealed, and shows nothing of it', () => {
  const vault = createVault({ current: first })
  for (const text of ['', 'swordfish', 'grüße, 🐟', 'x'.repeat(100_000)]) {
    const sealed = vault.seal(text, place)
    expect(sealed).toMatch(/^v1\.[\w-]{11}\.[\w-]{80}\.[\w-]{16}\.[\w-]{22,}$/)
    expect(vault.open(sealed, place)).toBe(text)
    expect(vault.isCurrent(sealed)).toBe(true)
  }
  expect(vault.seal('swordfish', place)).not.toContain(
    Buffer.from('swordfish').toString('base64url').slice(1, -1),
  )
})

it('never uses a nonce or a data key twice', () => {
  const vault = createVault({ current: first })
  const count = 20_000
  const seen = { wrapped: new Set<string>(), nonces: new Set<string>(), bodies: new Set<string>() }
  for (let i = 0; i < count; i++) {
    const [, , wrapped = '', nonce = '', body = ''] = vault.seal('same', place).split('.')
    // The first 16 letters of the wrapped key are the nonce it is wrapped with.
    seen.wrapped.add(wrapped.slice(0, 16))
    seen.nonces.add(nonce)
    seen.bodies.add(body)
  }
  expect(Object.values(seen).map(({ size }) => size)).toEqual([count, count, count])
})

it('refuses a value of which any letter was changed', () => {
  const vault = createVault({ current: first })
  const sealed = vault.seal('swordfish', place)
  for (let at = 0; at < sealed.length; at++) {
    if (sealed[at] === '.') continue
    const changed = `${sealed.slice(0, at)}${sealed[at] === 'A' ? 'B' : 'A'}${sealed.slice(at + 1)}`
    expect(() => vault.open(changed, place), `letter ${at}`).toThrow(/sealed/)
  }
})

it('refuses a second spelling of the same bytes', () => {
  const vault = createVault({ current: first })
  const sealed = vault.seal('swordfish', place)
  // Of the last letter only two bits are used.
  const other = { A: 'B', Q: 'R', g: 'h', w: 'x' }[sealed.at(-1) ?? ''] ?? ''
  const respelled = sealed.slice(0, -1) + other
  const bytes = (text: string) => Buffer.from(text.split('.').at(-1) ?? '', 'base64url')
  expect(bytes(respelled)).toEqual(bytes(sealed))
  expect(() => vault.open(respelled, place)).toThrow('the sealed value was changed')
})

it('refuses a value with parts of another, with parts missing or with parts too many', () => {
  const vault = createVault({ current: first })
  const [one, other] = [vault.seal('swordfish', place).split('.'), vault.seal('marlin', place).split('.')]
  for (const part of [2, 3, 4]) {
    const mixed = one.map((text, index) => (index === part ? other[index] : text)).join('.')
    expect(() => vault.open(mixed, place)).toThrow(
      'the sealed value was changed, or belongs to another place',
    )
  }
  for (const text of [
    '',
    'swordfish',
    one.slice(0, 4).join('.'),
    `${one.join('.')}.x`,
    `${one.slice(0, 4).join('.')}.`,
  ])
    expect(() => vault.open(text, place)).toThrow('not a sealed value')
})

it('refuses a value in another place', () => {
  const vault = createVault({ current: first })
  const sealed = vault.seal('swordfish', place)
  for (const elsewhere of ['identity.totp_factor.secret:two', 'identity.signing_key.private_jwk:one', ''])
    expect(() => vault.open(sealed, elsewhere)).toThrow(
      'the sealed value was changed, or belongs to another place',
    )
})

it('says what is wrong without saying what was sealed', () => {
  const sealed = createVault({ current: first }).seal('swordfish', place)
  for (const secrets of [{}, { current: second }]) {
    const open = () => createVault(secrets).open(sealed, place)
    expect(open).toThrow(
      /^sealed under a secret that is not configured \(key [\w-]{11}\): add it to DATA_SECRETS_RETIRED$/,
    )
    expect(open).not.toThrow(/swordfish|first secret/)
  }
})

it('reads under a retired secret and writes under the current one', () => {
  const before = createVault({ current: first })
  const during = createVault({ current: second, retired: [first, second] })
  const after = createVault({ current: second })
  const old = before.seal('swordfish', place)
  expect([during.open(old, place), during.isCurrent(old)]).toEqual(['swordfish', false])
  const fresh = during.seal('swordfish', place)
  expect([during.isCurrent(fresh), after.open(fresh, place)]).toEqual([true, 'swordfish'])
  expect(() => before.open(fresh, place)).toThrow('a secret that is not configured')
})

it('keeps values plainly without a secret, until there is one', () => {
  const [plain, vault] = [createVault({}), createVault({ current: first })]
  const kept = plain.seal('sword.fish', place)
  expect(kept).toBe('plain.sword.fish')
  expect([plain.open(kept, place), plain.isCurrent(kept)]).toEqual(['sword.fish', true])
  expect([vault.open(kept, place), vault.isCurrent(kept)]).toEqual(['sword.fish', false])
})

it('finds a text by its blind index, under every secret it may have been stored with', () => {
  const [plain, before] = [createVault({}), createVault({ current: first })]
  const during = createVault({ current: second, retired: [first] })
  const stored = before.blindIndex('ada@example.org', 'email')
  expect(stored).toMatch(/^[\w-]{11}\.[\w-]{43}$/)
  expect(before.blindIndex('ada@example.org', 'email')).toBe(stored)
  expect(during.blindIndexes('ada@example.org', 'email')).toEqual([
    during.blindIndex('ada@example.org', 'email'),
    stored,
    plain.blindIndex('ada@example.org', 'email'),
  ])
  expect(during.blindIndex('ada@example.org', 'email')).not.toBe(stored)
  for (const [text, purpose] of [
    ['bob@example.org', 'email'],
    ['ada@example.org', 'phone'],
  ] as const)
    expect(before.blindIndex(text, purpose)).not.toBe(stored)
})

it('takes its secrets from the configuration, and insists on one in production', () => {
  const vaultOf = (environment: NodeJS.ProcessEnv) => vaultFrom(readConfig(environment))
  expect(vaultOf({}).seal('x', place)).toBe('plain.x')
  const rotated = vaultOf({
    DATA_SECRET: second,
    DATA_SECRETS_RETIRED: `${first}, and a third secret that nobody has used`,
  })
  expect(rotated.open(createVault({ current: first }).seal('x', place), place)).toBe('x')
  expect(() => vaultOf({ NODE_ENV: 'production' })).toThrow(ConfigError)
  expect(() => vaultOf({ NODE_ENV: 'production' })).toThrow(/^DATA_SECRET .* is not set[^\n]*$/)
  expect(() => vaultOf({ DATA_SECRETS_RETIRED: first })).toThrow(
    'DATA_SECRETS_RETIRED is set without DATA_SECRET',
  )
  for (const wrong of [
    { DATA_SECRET: 'short' },
    { DATA_SECRET: `${first},` },
    { DATA_SECRET: first, DATA_SECRETS_RETIRED: 'short' },
  ])
    expect(() => vaultOf(wrong)).toThrow(ConfigError)
})
