import { defineContract } from '@guildhall/kit/contract'

export default defineContract({
  domain: 'depot',
  products: ['stock'],
  ids: { shelf: 'Shelf', crate: 'Crate', part: 'Part' },
  permissions: {},
  events: [],
  codes: {},
})
