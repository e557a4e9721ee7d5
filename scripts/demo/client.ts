import { setTimeout as pause } from 'node:timers/promises'
import { verificationToken } from './verification-link.ts'
import { demoPassword } from './world.ts'

/** Somebody of the demo world, logged in. */
export interface DemoClient {
  userId: string
  /** Runs a mutation and gives its payload. @throws Error when it is refused. */
  mutate<Payload = object>(name: string, input: object, selection: string): Promise<Payload>
}

/** Registers a person, verifies the address and logs in. */
export async function demoClient(
  url: string,
  databaseUrl: string,
  person: { email: string; displayName: string },
): Promise<DemoClient> {
  const credentials = { email: person.email, password: demoPassword }
  await send(url, null, 'registerUser', { ...credentials, displayName: person.displayName }, 'isAccepted')
  const token = await verificationToken(databaseUrl, person.email)
  await send(url, null, 'verifyEmail', { token }, 'isVerified')
  const { tokens, user } = await send<{ tokens: { accessToken: string }; user: { id: string } }>(
    url,
    null,
    'login',
    credentials,
    'tokens { accessToken } user { id }',
  )
  return {
    userId: user.id,
    mutate: (name, input, selection) =>
      patiently(() => send(url, tokens.accessToken, name, input, selection)),
  }
}

async function send<Payload>(
  url: string,
  token: string | null,
  name: string,
  input: object,
  selection: string,
): Promise<Payload> {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input!`
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
    body: JSON.stringify({
      query: `mutation ($input: ${type}) { ${name}(input: $input) { ${selection} userErrors { code message } } }`,
      variables: { input },
    }),
  })
  const { data, errors } = (await response.json()) as {
    data?: Record<string, Payload & { userErrors: { code: string; message: string }[] }>
    errors?: { message: string; extensions?: { code?: string } }[]
  }
  const payload = data?.[name]
  if (payload && payload.userErrors.length === 0) return payload
  const problems =
    errors?.map(({ extensions }) => extensions?.code) ?? payload?.userErrors.map(({ code }) => code)
  throw new Error(`the demo world cannot be written: ${name} was refused with ${problems?.join(', ')}`)
}

/** What one domain has just written reaches the others some milliseconds later: a new role, a new event. */
async function patiently<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt()
    } catch (error) {
      if (tries === 20) throw error
      await pause(50 * tries)
    }
  }
}
