import { expect, it } from 'vitest'
import { userStatuses } from '../contract.ts'
import { isUsable, returnStatus, userLife } from '../domain/user-status.ts'

it('has one life for accounts: shut ones come back, erased ones do not', () => {
  expect(
    Object.fromEntries(
      userStatuses.map((status) => [status, userLife[status].map(({ to }) => to).join(' ')]),
    ),
  ).toEqual({
    PENDING_VERIFICATION: 'ACTIVE SUSPENDED DEACTIVATED ERASED',
    ACTIVE: 'SUSPENDED DEACTIVATED ERASED',
    SUSPENDED: 'ACTIVE PENDING_VERIFICATION ERASED',
    DEACTIVATED: 'ACTIVE PENDING_VERIFICATION ERASED',
    ERASED: '',
  })
  expect(userStatuses.filter((status) => isUsable({ status }))).toEqual(['PENDING_VERIFICATION', 'ACTIVE'])
})

it('spares nobody who comes back showing that they read their address', () => {
  expect(returnStatus({ kind: 'PERSON', emailVerifiedAt: null })).toBe('PENDING_VERIFICATION')
  expect(returnStatus({ kind: 'PERSON', emailVerifiedAt: new Date(0) })).toBe('ACTIVE')
  expect(returnStatus({ kind: 'SERVICE', emailVerifiedAt: null })).toBe('ACTIVE')
})
