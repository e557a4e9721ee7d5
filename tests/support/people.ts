import { type Client, createTestClient } from './client.ts'

/** A new person: registers, logs in, and is ready to call. */
export async function newPerson(url: string, displayName: string): Promise<Client> {
  const client = createTestClient(url)
  const email = `${displayName.toLowerCase().replaceAll(' ', '.')}.${crypto.randomUUID()}@example.org`
  const password = 'correct horse battery staple'
  await client.mutate('registerUser', { email, password, displayName }, 'isAccepted')
  const { tokens, user } = await client.mutate<{ tokens: { accessToken: string }; user: { id: string } }>(
    'login',
    { email, password },
    'tokens { accessToken } user { id }',
  )
  client.accessToken = tokens.accessToken
  client.userId = user.id
  return client
}
