/** What one client, one user, one address may take of the live part. */
export interface LiveLimits {
  /** Operations that run on one socket at a time. */
  subscriptionsPerSocket: number
  /** Messages that one socket may send per second, in the long run. */
  messagesPerSecond: number
  /** Messages that one socket may send at once: a client that reconnects subscribes again to everything. */
  messageBurst: number
  /** Size of one message, in bytes. */
  messageBytes: number
  /** Sockets and event streams of one user. */
  connectionsPerUser: number
  /** Sockets and event streams from one address, whoever they are. */
  connectionsPerAddress: number
  /** Those from one address that have not logged in. */
  anonymousPerAddress: number
  /** Those of this router that have not logged in. */
  anonymous: number
  /** Events that may wait for one client to read them. */
  waitingEvents: number
  /** Bytes that may wait for one client to read them. */
  waitingBytes: number
}

/** What an operator may decide about the live part. */
export interface LiveTuning extends Partial<Record<keyof LiveLimits, number | undefined>> {
  /** Whether equal subscriptions run as one. Default: yes. */
  sharing?: boolean | undefined
  /** How often clients hear that the connection stands; sockets that do not answer by the next time are cut. Default: 12 s. */
  heartbeatMs?: number | undefined
}

const defaultLimits: LiveLimits = {
  subscriptionsPerSocket: 50,
  messagesPerSecond: 20,
  messageBurst: 120,
  messageBytes: 64 * 1024,
  connectionsPerUser: 50,
  connectionsPerAddress: 500,
  anonymousPerAddress: 20,
  anonymous: 1_000,
  waitingEvents: 256,
  waitingBytes: 1024 * 1024,
}

/** The limits that an operator wants; what is left out or undefined is the default. */
export function liveLimits(tuning: LiveTuning = {}): LiveLimits {
  const given = Object.entries(tuning).filter(([, value]) => value !== undefined)
  return { ...defaultLimits, ...Object.fromEntries(given) }
}
