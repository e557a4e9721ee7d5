import { isId } from '@guildhall/kit/ids'
import { deviceLabel } from '../domain/device.ts'
import { personBehind, type SecurityEventKind } from '../domain/security-event.ts'
import type { SecurityEventResolvers, UserResolvers } from '../generated/graphql.ts'

export const User: UserResolvers = {
  securityEvents: ({ id }, { first, after }, ctx) =>
    ctx.loaders.securityEventsOfUser.load({
      parentId: id,
      page: { first: first ?? 20, after },
      filter: null,
    }),
}

export const SecurityEvent: SecurityEventResolvers = {
  __resolveReference: ({ id }, ctx) => ctx.loaders.securityEvent.load(id),
  kind: ({ kind }) => kind as SecurityEventKind,
  device: ({ userAgent, address }) => (userAgent || address ? deviceLabel(userAgent) : null),
  actor: ({ actor }, _, ctx) => {
    const userId = personBehind(actor)
    return userId ? ctx.loaders.user.load(userId) : null
  },
  session: ({ sessionId }, _, ctx) =>
    sessionId && isId('ses', sessionId) ? ctx.loaders.session.load(sessionId) : null,
  details: ({ details }) => Object.entries(details).map(([name, value]) => ({ name, value: String(value) })),
}
