/** Codes with which sockets are closed; graphql-ws clients reconnect after all of them but the last two. */
export const closeCodes = {
  broken: 1002,
  forbidden: 4403,
  restart: 1012,
  tryLater: 1013,
  initTimeout: 4408,
  duplicate: 4409,
  internal: 4500,
} as const
