import type { Client } from '@guildhall/kit/context'
import type { World } from '@guildhall/kit/testing/world'
import { clientHeaders } from '@guildhall/kit/upstream'
import { eq } from 'drizzle-orm'
import { decodeJwt } from 'jose'
import { securityEvents } from '../tables.ts'
import { password, type Tokens } from './accounts.ts'

export const firefox: Client = {
  address: '203.0.113.7',
  userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
}

/** A login from somewhere, as the router would hand it on. @returns the session's id. */
export async function loginFrom(world: World, email: string, client: Partial<Client>): Promise<string> {
  const upstream = world.host.upstreams.identity
  if (!upstream) throw new Error('no identity')
  const { data, errors } = await upstream.execute({
    query:
      'mutation ($input: LoginInput!) { login(input: $input) { tokens { accessToken } userErrors { code } } }',
    variables: { input: { email, password } },
    context: await world.signer({ kind: 'anonymous' }),
    headers: {
      ...(client.address ? { [clientHeaders.address]: client.address } : {}),
      ...(client.userAgent ? { [clientHeaders.userAgent]: client.userAgent } : {}),
    },
  })
  const { tokens } = (data as { login: { tokens: Pick<Tokens, 'accessToken'> | null } }).login
  if (!tokens) throw new Error(JSON.stringify({ data, errors }))
  return decodeJwt<{ sid: string }>(tokens.accessToken).sid
}

/** What happened to an account, oldest first. */
export async function securityOf(world: World, userId: string): Promise<string[]> {
  const rows = await world.rows(securityEvents, eq(securityEvents.userId, userId))
  return rows.toSorted((a, b) => (a.id < b.id ? -1 : 1)).map(({ kind }) => kind)
}
