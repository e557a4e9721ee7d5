import type { AnyEventContract, EventContract } from './contract.ts'

/** Ways by which notifications come. */
export type NotificationChannel = 'IN_APP' | 'EMAIL' | 'PUSH'

/** A short text as ICU message, see `docs/anatomy.md`; a body that comes out empty is left away. */
export interface NotificationTemplate {
  /** In the app, and by every way that does not say it otherwise. */
  title: string
  body?: string
  /** By mail, where there is room: what is not given is as in the app. An empty line begins a paragraph. */
  mail?: { subject?: string; body?: string }
  /** On a locked screen, where there is little: what is not given is as in the app. */
  push?: { title?: string; body?: string }
}

/** What a template can show; instants in the reader's language and time zone. */
export type TemplateValue = string | number | Date

/** Whom an event concerns. */
export type Audience =
  | { userIds: readonly string[] }
  /** Everybody who belongs to the organization. */
  | { membersOf: string }
  /** Those who hold the permission in the whole organization, by whatever role, or by a role on this event. */
  | { holdersOf: string; in: string; on?: string }
  /** Everybody who has a role on the event. */
  | { helpersOf: string }

/** Those who watch what an event of the domain is about. */
export interface Watchers<Payload> {
  /** Prefixes of the ids that can be among `subjectIds`: what is of no such kind in the house is not to be watched. */
  kinds: readonly string[]
  /**
   * Whoever watches one of the subjects is told if they may see what they are told of, as it stands when the event is
   * published: everybody, or whoever belongs to one of these audiences by then.
   */
  of(payload: Payload): {
    subjectIds: readonly string[]
    visibleTo: 'EVERYBODY' | readonly Audience[]
  }
}

/** What a notification says and belongs to. */
export interface NotificationFacts<Variable extends string = string> {
  /** Who caused it. */
  actorId?: string | null
  /** What it is about, an id of any kind. */
  subjectId: string | null
  eventId?: string | null
  registrationId?: string | null
  /** Project, event, organization that it belongs to, the narrowest first: preferences may be set for each. */
  scopeIds?: readonly string[]
  /** What has the same is shown as one group. Default: what is about the same subject. */
  groupKey?: string
  /** From then on it asks for nothing any more, and is put away. Default: never. */
  expiresAt?: Date
  variables: Readonly<Record<Variable, TemplateValue>>
}

/** A type of notification. Nothing is sent that no domain declares. */
export interface NotificationType<Variable extends string = string> {
  /** `<entity>.<past tense>`, unique in the house. */
  key: string
  /** For people who choose what they want to be told. */
  description: string
  /** One of those that the contract of notifications declares. */
  category: string
  /** Comes whatever the recipient has chosen. */
  isCritical?: boolean
  /** By which ways it can come → whether it does for those who have chosen nothing. Ways that are not named are shut. */
  channels: Readonly<Partial<Record<NotificationChannel, boolean>>>
  /** Outside of the app, gathered for so long and sent as one: what is about the same subject, or all of the type. */
  digest?: { by: 'SUBJECT' | 'TYPE'; windowSeconds: number }
  /** What templates may use, besides `watching` (`yes` for those who are told because they watch the subject). */
  variables: readonly Variable[]
  /** Language → text. Who reads a language that is not here gets English. */
  templates: { en: NotificationTemplate; [language: string]: NotificationTemplate }
}

/** What makes a notification of a type, as far as an event of the domain does. */
export interface NotificationTrigger<Payload, Variable extends string = string> {
  event: EventContract<Payload>
  /** Only then. Default: always. */
  when?(payload: NoInfer<Payload>): boolean
  recipients(payload: NoInfer<Payload>): Audience
  /** Who did it need not be told. */
  skipsActor?: boolean
  /** They are told as well, but not who did it: to see a thing is not to see its people. Default: nobody. */
  watchers?: Watchers<NoInfer<Payload>>
  /** Nobody is told of the same key twice within the window. */
  dedupe?: { key(payload: NoInfer<Payload>): string; windowSeconds: number }
  /** @param actorId the person behind the event, if it was one. */
  facts(payload: NoInfer<Payload>, actorId: string | null): NotificationFacts<Variable>
}

/** Any declared type, where its payload does not matter. */
export type AnyNotification = NotificationType &
  Partial<Omit<NotificationTrigger<never>, 'event'>> & { event?: AnyEventContract }

/** Declares what people are told when an event happens, and in which words. */
export const defineNotification = <Payload, const Variable extends string = never>(
  declared: NotificationType<Variable> & NotificationTrigger<Payload, Variable>,
): AnyNotification => declared as unknown as AnyNotification

/** Declares a type that the domain of notifications sends by itself. */
export const defineNotificationType = <const Variable extends string = never>(
  declared: NotificationType<Variable>,
): AnyNotification => declared as unknown as AnyNotification
