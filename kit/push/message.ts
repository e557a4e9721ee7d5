/** Something that a device shows. */
export interface PushMessage {
  title: string
  /** Shortened when everything together is more than the way out takes. */
  body: string | null
  /** Small facts for the application, such as ids. Screens show, and others relay, what is in a message: no secrets. */
  data: Readonly<Record<string, string>>
  /** A device shows one message of a tag, the latest: so one that comes twice is seen once. At most 32 of `A-Za-z0-9_-`. */
  tag: string
  /** Whether a sleeping device may be woken for it. */
  isUrgent: boolean
  /** For how long it is kept for a device that is off. */
  ttlSeconds: number
}

/** A device, as its platform addresses it. */
export type PushTarget =
  | { platform: 'FCM'; token: string }
  | {
      platform: 'WEBPUSH'
      endpoint: string
      /** Public key of the browser, an uncompressed point on P-256 in base64url. */
      p256dh: string
      /** Secret shared with it, 16 bytes in base64url. */
      auth: string
    }

export type PushPlatform = PushTarget['platform']

/** The way out to devices. A rejected promise is tried again later, unless it is one of the errors below. */
export interface PushTransport {
  /** @returns under which name the service knows the message, if it says so. */
  send(target: PushTarget, message: PushMessage): Promise<{ providerId: string | null }>
  close(): Promise<void>
}

/** The device is not to be reached by this address any more, and never again. */
export class PushTargetGone extends Error {}

/** This message will never be taken: trying again is of no use. */
export class PushRefused extends Error {}

/** The service asks for patience. */
export class PushDelayed extends Error {
  /** Not before that time is over; null when it does not say. */
  readonly retryAfterMs: number | null

  constructor(message: string, retryAfterMs: number | null) {
    super(message)
    this.retryAfterMs = retryAfterMs
  }
}
