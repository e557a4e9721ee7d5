import { describe, expect, it } from 'vitest'
import { createLimiter } from '../accounts/limiter.ts'
import { isCommonPassword } from '../domain/common-password.ts'
import { normalizeEmail } from '../domain/email.ts'
import { networkOf } from '../domain/lockout.ts'
import { passwordProblems } from '../domain/password.ts'
import { hashOf, isWithinGrace, randomToken, successorOf } from '../domain/refresh-token.ts'
import { hashPassword, verifyPassword } from '../passwords/passwords.ts'

describe('passwords', () => {
  const lovelace = { email: 'Lovelace@example.org', displayName: 'Ada of Ockham' }
  it.each([
    ['eleven char', ['PASSWORD_TOO_SHORT']],
    ['twelve chars', []],
    ['🔑🎷🐙'.repeat(3), ['PASSWORD_TOO_SHORT']],
    ['🔑🎷🐙🌵🚂🍋🎈🐌🧭🪁🎲🧵', []],
    [`${'four words, '.repeat(10)}and then some 9`, ['PASSWORD_TOO_LONG']],
    ['e\u0301'.repeat(129), ['PASSWORD_TOO_LONG']],
    ['I am Lovelace, you see', ['PASSWORD_CONTAINS_IDENTITY']],
    ['I am L.o.v.e.l.a.c.e', ['PASSWORD_CONTAINS_IDENTITY']],
    ['ada of ockham rides', ['PASSWORD_CONTAINS_IDENTITY']],
    ['lovelace', ['PASSWORD_TOO_SHORT', 'PASSWORD_CONTAINS_IDENTITY']],
    ['password1234', ['PASSWORD_BREACHED']],
  ])('%s', (password, codes) => {
    const problems = passwordProblems(password, lovelace)
    expect(problems.map((problem) => problem.code)).toEqual(codes)
  })

  it('does not take a very short name for an identity', () => {
    expect(passwordProblems('a long password', { email: 'a@example.org', displayName: 'Al' })).toEqual([])
  })

  it.each([
    ['as they are listed', ['1qaz2wsx3edc4rfv', 'justinbieber', 'administrator']],
    ['in another case, in another script of Unicode', ['JustinBieber', 'ＡＤＭＩＮＩＳＴＲＡＴＯＲ']],
    [
      'with digits and symbols around',
      ['sunshine2024!', '!!!dragon12345', '2019-Liverpool', 'monkey????????'],
    ],
    ['with digits for letters', ['p@ssw0rd!2024', 'F00tb@ll#1999', '$up3rm4n.2020', 'unb3l1ev4ble']],
    ['repeated', ['dragondragon', 'letmeinletmein', 'Shadow1Shadow1', 'sunshine!sunshine!']],
    ['of one pattern', ['xxxxxxxxxxxx', 'xy7!xy7!xy7!', '010101010101', '🔑'.repeat(12)]],
    [
      'along the alphabet',
      ['abcdefghijklm', 'zyxwvutsrqpo', '1234567890123', 'aaaabbbbcccc', 'abcd1234efgh'],
    ],
    ['along the keyboard', ['qwertyuiopas', 'qwertzuiop12', 'asdfghjklkjh', 'poiuytrewq09']],
  ])('that are tried first are refused: %s', (_, passwords) => {
    expect(passwords.filter((password) => !isCommonPassword(password))).toEqual([])
  })

  it('that are long enough and people’s own are not taken for common ones', () => {
    const own = [
      'correct horse battery',
      'open the guildhall',
      'Kq7$wLz!92xPmd',
      'the were-property of Ada',
      'three geese, 41 swans',
      'dragons sleep lightly',
      'vfr4-iolp-23ws-okmj',
    ]
    expect(own.filter(isCommonPassword)).toEqual([])
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
