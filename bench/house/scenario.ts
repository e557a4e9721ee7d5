import type { Caller } from '@guildhall/kit/caller'
import { decodeJwt } from 'jose'
import { demoPassword, people } from '../../scripts/demo/world.ts'
import { answerTo } from '../measuring/load.ts'

/** What is measured: title → query. Both ask only what everybody may see, so that all targets answer alike. */
export const queries: Readonly<Record<string, string>> = {
  'one subgraph: a page of events':
    '{ events(first: 10) { nodes { id title status startsAt endsAt venue capacity } } }',
  'four subgraphs: an event with its organization, its maker, its registrations and projects': `query ($id: ID!) {
    event(id: $id) {
      title status
      organization { name kind }
      createdBy { displayName }
      registrationCounts { held waitlisted capacity }
      history { to at actor { displayName } }
    }
  }`,
}

/** Logs in as somebody who belongs to no organization, and picks the event to ask for. */
export async function logIn(
  url: string,
): Promise<{ token: string; caller: Caller; variables: { id: string } }> {
  const login = (await answerTo(url, {
    query: 'mutation ($input: LoginInput!) { login(input: $input) { tokens { accessToken } } }',
    variables: { input: { email: people.grace.email, password: demoPassword } },
  })) as { data: { login: { tokens: { accessToken: string } } } }
  const token = login.data.login.tokens.accessToken
  const list = (await answerTo(
    url,
    { query: '{ events(first: 1) { nodes { id } } }' },
    `Bearer ${token}`,
  )) as {
    data: { events: { nodes: { id: string }[] } }
  }
  const { sub, sid } = decodeJwt<{ sid: string }>(token)
  return {
    token,
    caller: { kind: 'user', userId: sub ?? '', sessionId: sid, platformRoles: [], grants: {} },
    variables: { id: list.data.events.nodes[0]?.id ?? '' },
  }
}

/** An API key of whoever holds the token. */
export async function makeApiKey(url: string, token: string): Promise<string> {
  const made = (await answerTo(
    url,
    { query: 'mutation { createApiKey(input: { name: "bench" }) { key } }' },
    `Bearer ${token}`,
  )) as { data: { createApiKey: { key: string } } }
  return made.data.createApiKey.key
}
