import { newId, uuidOf } from '@guildhall/kit/ids'
import postgres from 'postgres'

/** How an announcement stands. */
export interface Standing {
  status: string
  recipients: number
  done: number
}

/** The tables behind a broadcast, looked at and filled directly. */
export interface Ledger {
  /** Gives an organization so many made-up members. */
  populate(organizationId: string, count: number): Promise<void>
  /** An announcement to all members of an organization that was begun a moment ago. @returns its id. */
  begin(organizationId: string): Promise<string>
  standing(id: string): Promise<Standing>
  /** Whoever was reading the audience is dead: somebody else may now. */
  release(id: string): Promise<void>
  /** Inboxes that hold it more than once, and people for whom it was and whose inbox does not hold it. */
  mistakes(id: string): Promise<{ twice: number; missed: number }>
  close(): Promise<void>
}

const pageSize = 20_000

export function openLedger(databaseUrl: string): Ledger {
  const sql = postgres(databaseUrl, { max: 2, onnotice: () => {} })
  return {
    async populate(organizationId, count) {
      for (let from = 0; from < count; from += pageSize) {
        await sql`
          insert into notifications.member (organization_id, user_id, role)
          select ${uuidOf('org', organizationId)}::uuid, gen_random_uuid(), 'MEMBER'
          from generate_series(1, ${Math.min(pageSize, count - from)})`
      }
      await sql`analyze notifications.member`
    },
    async begin(organizationId) {
      const id = newId('ann')
      const segment = { include: [{ kind: 'MEMBERS', role: null }], exclude: [] }
      await sql`
        insert into notifications.announcement
          (id, organization_id, created_by_id, segment, subject, body, status, next_step_at, created_at, updated_at)
        values (${uuidOf('ann', id)}, ${uuidOf('org', organizationId)}, ${uuidOf('usr', newId('usr'))},
          ${sql.json(segment)}, 'News', 'Some.', 'PREPARING', now(), now(), now())`
      return id
    },
    async standing(id) {
      const [row] = await sql`
        select status, recipient_count as recipients, sent_count + suppressed_count + failed_count as done
        from notifications.announcement where id = ${uuidOf('ann', id)}`
      return row as unknown as Standing
    },
    async release(id) {
      await sql`
        update notifications.announcement set next_step_at = now()
        where id = ${uuidOf('ann', id)} and next_step_at is not null`
    },
    async mistakes(id) {
      const [row] = await sql`
        with told as (
          select recipient_id, count(*) as times from notifications.notification where cause = ${id} group by 1
        ), meant as (
          -- Not the ledger alone: whoever got lost while the audience was read is not in it.
          select user_id from notifications.announcement_recipient where announcement_id = ${uuidOf('ann', id)}
          union
          select user_id from notifications.member
            join notifications.announcement using (organization_id)
            left join notifications.person on person.id = member.user_id
            where announcement.id = ${uuidOf('ann', id)} and member.role is not null and person.is_machine is not true
        )
        select count(*) filter (where times > 1)::int as twice,
          count(*) filter (where user_id is not null and times is null)::int as missed
        from meant full join told on told.recipient_id = meant.user_id`
      return row as unknown as { twice: number; missed: number }
    },
    close: () => sql.end(),
  }
}
