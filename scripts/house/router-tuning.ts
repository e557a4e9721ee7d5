import type { Config } from '@guildhall/kit/config'
import type { RouterTuning } from '@guildhall/router/router'

/** What the configuration says of the router, whether it runs alone or in one process with the domains. */
export const routerTuning = (config: Config): RouterTuning => ({
  production: config.NODE_ENV === 'production',
  corsOrigins: config.CORS_ORIGINS,
  trustedProxies: config.TRUSTED_PROXIES,
  mailPages: config.APP_URL === undefined,
  mailHookSecret: config.MAIL_WEBHOOK_SECRET,
  https: config.PUBLIC_URL.startsWith('https:'),
  introspection: config.INTROSPECTION,
  persisted: { mode: config.PERSISTED_OPERATIONS_MODE, file: config.PERSISTED_OPERATIONS_FILE },
  cache: { megabytes: config.ANSWER_CACHE_MEGABYTES },
  redisUrl: config.REDIS_URL,
  bodyBytes: config.LIMIT_BODY_BYTES,
  gate: gateTuning(config),
  drainDelayMs: config.PRESTOP_DELAY_MS,
  sight: { healthToken: config.HEALTH_TOKEN, gitSha: config.GIT_SHA, operations: config.METRICS_OPERATIONS },
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

/** How large, how dear and how frequent operations may be. */
export const gateTuning = (config: Config): NonNullable<RouterTuning['gate']> => ({
  limits: {
    tokens: config.LIMIT_TOKENS,
    depth: config.LIMIT_DEPTH,
    aliases: config.LIMIT_ALIASES,
    queryRoots: config.LIMIT_ROOT_FIELDS,
    mutationRoots: config.LIMIT_MUTATIONS,
    fields: config.LIMIT_FIELDS,
    directives: config.LIMIT_DIRECTIVES,
    variablesDepth: config.LIMIT_VARIABLES_DEPTH,
    pageSize: config.LIMIT_PAGE_SIZE,
  },
  demand: {
    mode: config.DEMAND_CONTROL,
    maxCost: config.DEMAND_MAX_COST,
    listSize: config.DEMAND_LIST_SIZE,
  },
  rates: { user: config.RATE_PER_USER, key: config.RATE_PER_KEY, address: config.RATE_PER_ADDRESS },
})
