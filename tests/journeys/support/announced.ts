import { uuidOf } from '@guildhall/kit/ids'
import postgres from 'postgres'

/** How far an announcement is, and what became of its recipients. */
export interface Announced {
  status: string
  recipients: number
  done: number
  /** Inboxes that hold it more than once. */
  twice: number
  /** Recipients whose inbox does not hold it. */
  missed: number
}

/** Made-up members of an organization, as organizations would have told of them. */
export async function populate(databaseUrl: string, organizationId: string, count: number): Promise<void> {
  const sql = postgres(databaseUrl, { max: 1 })
  await sql`
    insert into notifications.member (organization_id, user_id, role)
    select ${uuidOf('org', organizationId)}::uuid, gen_random_uuid(), 'MEMBER' from generate_series(1, ${count})`
  await sql.end()
}

/** Looks at an announcement from beside. */
export async function announced(databaseUrl: string, id: string): Promise<Announced> {
  const sql = postgres(databaseUrl, { max: 1 })
  const [row] = await sql`
    with told as (
      select recipient_id, count(*) as times from notifications.notification where cause = ${id} group by 1
    )
    select status, recipient_count as recipients, sent_count + suppressed_count + failed_count as done,
      (select count(*) filter (where times > 1) from told)::int as twice,
      (select count(*) from notifications.announcement_recipient r
        left join told on told.recipient_id = r.user_id
        where r.announcement_id = a.id and told.times is null)::int as missed
    from notifications.announcement a where id = ${uuidOf('ann', id)}`
  await sql.end()
  return row as unknown as Announced
}
