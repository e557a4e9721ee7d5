import type { Config } from '@guildhall/kit/config'
import type { RouterTuning } from '@guildhall/router/router'

/** What the configuration says of the router, whether it runs alone or in one process with the domains. */
export const routerTuning = (config: Config): RouterTuning => ({
  production: config.NODE_ENV === 'production',
  corsOrigins: config.CORS_ORIGINS,
  trustedProxies: config.TRUSTED_PROXIES,
  mailPages: config.APP_URL === undefined,
  https: config.PUBLIC_URL.startsWith('https:'),
  introspection: config.INTROSPECTION,
  persisted: { mode: config.PERSISTED_OPERATIONS_MODE, file: config.PERSISTED_OPERATIONS_FILE },
  redisUrl: config.REDIS_URL,
  drainDelayMs: config.PRESTOP_DELAY_MS,
  sight: { healthToken: config.HEALTH_TOKEN, gitSha: config.GIT_SHA },
  live: {
    connectionsPerUser: config.LIVE_CONNECTIONS_PER_USER,
    connectionsPerAddress: config.LIVE_CONNECTIONS_PER_ADDRESS,
    anonymousPerAddress: config.LIVE_ANONYMOUS_PER_ADDRESS,
    anonymous: config.LIVE_ANONYMOUS,
    subscriptionsPerSocket: config.LIVE_SUBSCRIPTIONS_PER_SOCKET,
    messagesPerSecond: config.LIVE_MESSAGES_PER_SECOND,
    messageBurst: config.LIVE_MESSAGE_BURST,
    messageBytes: config.LIVE_MESSAGE_BYTES,
    sharing: config.LIVE_SHARING !== '0',
  },
})
