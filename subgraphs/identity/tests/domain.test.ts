import { describe, expect, it } from 'vitest'
import { normalizeEmail } from '../domain/email.ts'
import { networkOf } from '../domain/lockout.ts'
import { passwordProblems } from '../domain/password.ts'
import { hashOf, isWithinGrace, randomToken, successorOf } from '../domain/refresh-token.ts'
import { createLimiter } from '../limiter.ts'
import { hashPassword, verifyPassword } from '../passwords.ts'

describe('passwords', () => {
  it.each([
    ['eleven char', ['PASSWORD_TOO_SHORT']],
    ['twelve chars', []],
    ['🔑'.repeat(11), ['PASSWORD_TOO_SHORT']],
    ['🔑'.repeat(12), []],
    ['x'.repeat(128), []],
    ['x'.repeat(129), ['PASSWORD_TOO_LONG']],
    ['e\u0301'.repeat(128), []],
    ['I am Lovelace, you see', ['PASSWORD_CONTAINS_IDENTITY']],
    ['lovelace', ['PASSWORD_TOO_SHORT', 'PASSWORD_CONTAINS_IDENTITY']],
  ])('%s', (password, codes) => {
    const problems = passwordProblems(password, 'Lovelace@example.org')
    expect(problems.map((problem) => problem.code)).toEqual(codes)
  })

  it('does not take a very short name for an identity', () => {
    expect(passwordProblems('a long password', 'a@example.org')).toEqual([])
  })

  it('fits in whatever form of Unicode it is typed, and never without a hash', async () => {
    const hash = await hashPassword('caf\u00e9 au lait, please', {
      memoryKibibytes: 1024,
      passes: 1,
      lanes: 1,
    })
    expect(await verifyPassword('cafe\u0301 au lait, please', hash)).toBe(true)
    expect(await verifyPassword('cafe au lait, please', hash)).toBe(false)
    expect(await verifyPassword('anything', null)).toBe(false)
  })
})

describe('networks', () => {
  it.each([
    ['203.0.113.77', '203.0.113.0/24'],
    ['2001:db8:0:1::5', '2001:db8:0:1::/64'],
    ['2001:0DB8::1:0:0:0:5', '2001:db8:0:1::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['nonsense', null],
    [null, null],
  ])('%s belongs to %s', (address, network) => {
    expect(networkOf(address)).toBe(network)
  })
})

describe('e-mail addresses', () => {
  it('have one form', () => {
    expect(normalizeEmail(' Ada@Example.ORG ')).toBe('ada@example.org')
  })
})

describe('refresh tokens', () => {
  it('give the same successor for the same nonce only', () => {
    const [token, nonce] = [randomToken(), randomToken()]
    expect(successorOf(token, nonce)).toBe(successorOf(token, nonce))
    expect(successorOf(token, nonce)).not.toBe(successorOf(token, randomToken()))
    expect(successorOf(token, nonce)).not.toBe(successorOf(randomToken(), nonce))
    expect(hashOf(token)).not.toBe(token)
  })

  const usedAt = new Date('2026-05-01T12:00:00Z')
  const later = (ms: number) => new Date(usedAt.getTime() + ms)
  it.each([
    ['at once, successor unused', { usedAt }, { usedAt: null }, later(0), true],
    ['after ten seconds', { usedAt }, { usedAt: null }, later(10_000), true],
    ['later', { usedAt }, { usedAt: null }, later(10_001), false],
    ['successor used', { usedAt }, { usedAt: later(1) }, later(2), false],
    ['without successor', { usedAt }, undefined, later(0), false],
    ['never spent', { usedAt: null }, { usedAt: null }, later(0), false],
  ])('are forgiven a second use or not: %s', (_, spent, child, now, forgiven) => {
    expect(isWithinGrace(spent, child, now)).toBe(forgiven)
  })
})

describe('the limiter', () => {
  it('runs two at once, lets three wait and refuses the rest', async () => {
    const limited = createLimiter(2, 3)
    let [running, most] = [0, 0]
    const work = () =>
      limited(async () => {
        running++
        most = Math.max(most, running)
        await new Promise((resolve) => setTimeout(resolve, 5))
        running--
      })
    const results = await Promise.allSettled(Array.from({ length: 7 }, work))
    expect(results.map((result) => result.status)).toEqual([
      ...Array(5).fill('fulfilled'),
      'rejected',
      'rejected',
    ])
    expect(most).toBe(2)
    await expect(work()).resolves.toBeUndefined()
  })
})
