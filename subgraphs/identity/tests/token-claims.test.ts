import { describe, expect, it } from 'vitest'
import { securityEventKinds } from '../contract.ts'
import { claimsOf, type TokenSubject, tokenEndSeconds } from '../domain/claims.ts'
import { personBehind } from '../domain/security-event.ts'
import { signingKeyLife } from '../domain/signing-key-life.ts'

const at = new Date('2026-05-01T12:00:00.900Z')
const seconds = Math.floor(at.getTime() / 1000)
const session: TokenSubject = {
  id: 'ses_1',
  userId: 'usr_1',
  createdAt: at,
  expiresAt: new Date(at.getTime() + 3_600_000),
  methods: ['PASSWORD'],
  steppedUpAt: null,
  impersonatorId: null,
}

describe('the claims of an access token', () => {
  it.each([
    [['PASSWORD'], ['pwd'], 'aal1'],
    [['PASSWORD', 'TOTP'], ['pwd', 'otp', 'mfa'], 'aal2'],
    [['PASSWORD', 'RECOVERY_CODE'], ['pwd', 'otp', 'mfa'], 'aal2'],
    [['PASSWORD', 'PASSKEY'], ['pwd', 'hwk', 'user', 'mfa'], 'aal2'],
    [['PASSKEY'], ['hwk', 'user', 'mfa'], 'aal2'],
    [['EXTERNAL'], ['mca'], 'aal1'],
    [['IMPERSONATION'], [], 'aal1'],
  ] as const)('say of %j how strong it was', (methods, amr, acr) => {
    expect(claimsOf({ ...session, methods: [...methods] }, 7)).toEqual({
      client_id: 'guildhall',
      sid: 'ses_1',
      pv: 7,
      auth_time: seconds,
      amr,
      acr,
    })
  })

  it('name the last proof, and who acts in the person’s name', () => {
    const steppedUpAt = new Date(at.getTime() + 60_000)
    expect(claimsOf({ ...session, steppedUpAt, impersonatorId: 'usr_2' }, 1)).toMatchObject({
      auth_time: seconds + 60,
      act: { sub: 'usr_2' },
    })
  })

  it('end after five minutes or with the session, and with the session when somebody else acts', () => {
    expect(tokenEndSeconds(session, seconds)).toBe(seconds + 300)
    expect(tokenEndSeconds(session, seconds + 3_400)).toBe(seconds + 3_600)
    expect(tokenEndSeconds({ ...session, impersonatorId: 'usr_2' }, seconds)).toBe(seconds + 3_600)
  })
})

describe('the life of a signing key', () => {
  it('can be cut short from every state, and has no way back', () => {
    expect(
      Object.fromEntries(
        Object.entries(signingKeyLife).map(([from, steps]) => [from, steps.map(({ to }) => to)]),
      ),
    ).toEqual({
      NEXT: ['ACTIVE', 'REVOKED'],
      ACTIVE: ['RETIRING', 'REVOKED'],
      RETIRING: ['RETIRED', 'REVOKED'],
      RETIRED: ['REVOKED'],
      REVOKED: [],
    })
  })
})

describe('the security log', () => {
  it('tells who did it', () => {
    const [a, b] = ['usr_01kahwq3rkf0ps3r3bpn0gdxre', 'usr_01kahwq3rkf0ps3r3bpn0gdxrf']
    expect([a, `${a} as ${b}`, 'service:router', null].map(personBehind)).toEqual([a, a, null, null])
  })

  it('has each kind once', () => {
    expect(new Set(securityEventKinds).size).toBe(securityEventKinds.length)
  })
})
