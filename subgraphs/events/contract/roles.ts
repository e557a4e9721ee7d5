/** What people are to one event, the mightiest first. Permissions name those that hold them (`heldOn`). */
export const eventRoleNames = [
  'OWNER',
  'ORGANIZER',
  'REVIEWER',
  'JUDGE',
  'CHECKIN_STAFF',
  'MENTOR',
  'SPONSOR',
] as const

export type EventRoleName = (typeof eventRoleNames)[number]

/** Roles whose holders run the event; only who runs an event as its owner, or the organization, gives them. */
export const runningRoles: readonly EventRoleName[] = ['OWNER', 'ORGANIZER']
