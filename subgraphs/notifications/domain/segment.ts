import { isId } from '@guildhall/kit/ids'
import type { Failure } from '@guildhall/kit/outcome'
import contract from '../contract.ts'
import type { AnnouncementSegmentInput, AudienceGroupInput } from '../generated/graphql.ts'

/**
 * A kind of people: who registered for the event, who helps with it, members of the organization, a team of it, teams of
 * projects.
 */
export type Group =
  /** Those that were kept before there were tags and categories have none. */
  | { kind: 'REGISTRATIONS'; status: string[]; tag?: string[] | null; category?: string[] | null }
  | { kind: 'STAFF'; role: string[] | null }
  | { kind: 'MEMBERS'; role: string[] | null }
  | { kind: 'TEAM'; teamId: string }
  | { kind: 'PROJECTS'; status: string[] | null; projectId: string | null }

/** Whom an announcement is for: everybody of any group of `include` who is in none of `exclude`. */
export interface Segment {
  include: Group[]
  exclude: Group[]
}

/** Groups on each side at most: every page of an audience asks each of them. */
export const groupsMax = 10

/** Values of a list at most. */
const valuesMax = 20

/** A segment as it is kept, or everything that is wrong with it. */
export function segmentOf(
  input: AnnouncementSegmentInput,
  eventId: string | null,
  path: string[] = ['input', 'segment'],
): Segment | Failure[] {
  const failures: Failure[] = []
  const read = (groups: readonly AudienceGroupInput[], name: string): Group[] =>
    groups.flatMap((group, index) => {
      const here = [...path, name, String(index)]
      const made = groupOf(group, eventId !== null)
      if (typeof made !== 'string') return [made]
      failures.push(contract.failure('AUDIENCE_INVALID', made, here))
      return []
    })
  const short: AudienceGroupInput[] =
    input.status == null ? [] : [{ registrations: { status: input.status } }]
  const include = [
    ...short.flatMap((group) => {
      const made = groupOf(group, eventId !== null)
      if (typeof made !== 'string') return [made]
      failures.push(contract.failure('AUDIENCE_INVALID', made, [...path, 'status']))
      return []
    }),
    ...read(input.include ?? [], 'include'),
  ]
  const exclude = read(input.exclude ?? [], 'exclude')
  if (failures.length > 0) return failures
  if (include.length > groupsMax || exclude.length > groupsMax)
    return [contract.failure('AUDIENCE_INVALID', `At most ${groupsMax} groups.`, path)]
  if (include.every(isNobody)) {
    const place = input.status == null ? path : [...path, 'status']
    return [contract.failure('AUDIENCE_EMPTY', 'Nobody is in this segment.', place)]
  }
  return { include, exclude }
}

/** An empty list of standings or roles means nobody. */
const isNobody = (group: Group): boolean =>
  ('status' in group && group.status?.length === 0) ||
  ('tag' in group && group.tag?.length === 0) ||
  ('category' in group && group.category?.length === 0) ||
  ('role' in group && group.role?.length === 0)

/** One group, or what is wrong with it. */
function groupOf(
  { registrations, staff, members, team, projects }: AudienceGroupInput,
  isOfEvent: boolean,
): Group | string {
  const given = [registrations, staff, members, team, projects].filter((kind) => kind != null)
  if (given.length !== 1) return 'A group is exactly one of registrations, staff, members, team and projects.'
  if (registrations) {
    if (!isOfEvent) return 'Only an announcement of an event has people who registered.'
    const tag = registrations.tag == null ? null : [...new Set(registrations.tag)]
    if (!isBounded(tag)) return `At most ${valuesMax} tags of at most 100 characters.`
    const category = registrations.category == null ? null : [...new Set(registrations.category)]
    return {
      kind: 'REGISTRATIONS',
      status: [...new Set(registrations.status)],
      ...(tag ? { tag } : {}),
      ...(category ? { category } : {}),
    }
  }
  if (staff) {
    if (!isOfEvent) return 'Only an announcement of an event has people who help with it.'
    return { kind: 'STAFF', role: staff.role == null ? null : [...new Set(staff.role)] }
  }
  if (members) {
    const role = members.role == null ? null : [...new Set(members.role)]
    return isBounded(role)
      ? { kind: 'MEMBERS', role }
      : `At most ${valuesMax} roles of at most 100 characters.`
  }
  if (team)
    return isId('tem', team.teamId) ? { kind: 'TEAM', teamId: team.teamId } : 'This is no id of a team.'
  const { status, projectId } = projects ?? { status: null, projectId: null }
  if (projectId != null && !isId('prj', projectId)) return 'This is no id of a project.'
  return {
    kind: 'PROJECTS',
    status: status == null ? null : [...new Set(status)],
    projectId: projectId ?? null,
  }
}

const isBounded = (values: readonly string[] | null): boolean =>
  values === null || (values.length <= valuesMax && values.every((value) => value.length <= 100))

/** Standings of a registration whose holders are meant. */
export const standingsOf = ({ include }: Segment): string[] => [
  ...new Set(include.flatMap((group) => (group.kind === 'REGISTRATIONS' ? group.status : []))),
]

/** Ids of a group behind one id, in their order. A page that is not full is the last. */
export interface Slice {
  ids: readonly string[]
  isFull: boolean
}

/** People of a segment whose ids are behind the last, and up to which id they are all. */
export interface Merged {
  userIds: string[]
  /** Go on behind this one; null: there are no more. */
  upTo: string | null
}

/**
 * Union and difference of slices that begin behind the same id. Of a slice that is full we know nothing beyond its last
 * id, so only what lies up to the smallest of these is decided.
 */
export function mergeSlices(include: readonly Slice[], exclude: readonly Slice[]): Merged {
  const ends = [...include, ...exclude].flatMap(({ ids, isFull }) => (isFull ? (ids.at(-1) ?? []) : []))
  const upTo = ends.length === 0 ? null : ends.reduce((least, id) => (id < least ? id : least))
  const unwanted = new Set(exclude.flatMap(({ ids }) => ids))
  const wanted = new Set(include.flatMap(({ ids }) => ids))
  const userIds = [...wanted].filter((id) => !unwanted.has(id) && (upTo === null || id <= upTo)).sort()
  const isOver = include.every(({ ids, isFull }) => !isFull && (upTo === null || (ids.at(-1) ?? '') <= upTo))
  return { userIds, upTo: isOver ? null : upTo }
}
