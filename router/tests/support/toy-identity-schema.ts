import { buildSchema } from 'graphql'

/** What identity says of a session, key or external token. */
export interface ToyPrincipal {
  sessionId: string
  userId: string
  isActive: boolean
  platformRoles: string[]
  platformPermissions: string[]
  steppedUpUntil: string | null
  impersonatorId: string | null
  isReadOnly: boolean
  scopes: string[] | null
  organizationId: string | null
  addresses: string[] | null
  expiresAt: string | null
}

/** What the router asks of identity and organizations. */
export const schema = buildSchema(/* GraphQL */ `
  type Query {
    signingKeys: [String!]!
    sessionPrincipal(sessionId: ID!): SessionPrincipal
    apiKeyPrincipal(keyHash: String!): SessionPrincipal
    organizationGrants(userId: ID!): [OrganizationGrant!]!
  }
  type Mutation { admitExternalToken(input: AdmitExternalTokenInput!): AdmitExternalTokenPayload! }
  input AdmitExternalTokenInput {
    issuer: String!
    subject: String!
    email: String
    isEmailVerified: Boolean
    displayName: String
  }
  type AdmitExternalTokenPayload { principal: SessionPrincipal }
  type SessionPrincipal {
    sessionId: ID!
    userId: ID!
    isActive: Boolean!
    platformRoles: [String!]!
    platformPermissions: [String!]!
    steppedUpUntil: String
    impersonatorId: ID
    isReadOnly: Boolean!
    scopes: [String!]
    organizationId: ID
    addresses: [String!]
    expiresAt: String
  }
  type OrganizationGrant {
    organizationId: ID! role: String! permissions: [String!]! scoped: [OrganizationScopedGrant!]!
  }
  type OrganizationScopedGrant { objectId: ID! permissions: [String!]! }
  type Subscription { principalChanged: PrincipalChange! }
  type PrincipalChange { userId: ID! sessionId: ID areKeysChanged: Boolean! }
`)

/** Nothing special about it. */
export const principalOf = (sessionId: string, userId: string): ToyPrincipal => ({
  sessionId,
  userId,
  isActive: true,
  platformRoles: [],
  platformPermissions: [],
  steppedUpUntil: null,
  impersonatorId: null,
  isReadOnly: false,
  scopes: null,
  organizationId: null,
  addresses: null,
  expiresAt: null,
})
