// How notifications leave the house. Explained for operators in docs/operations.md.
import { z } from 'zod'
import { json } from './kinds.ts'

/** A key of a Google service account, as the console gives it out; the rest of the file is not needed. */
const fcmServiceAccount = z.object({
  project_id: z.string().regex(/^[a-z0-9.:-]+$/),
  client_email: z.string().min(1),
  private_key: z.string().includes('PRIVATE KEY'),
  token_uri: z.url().default('https://oauth2.googleapis.com/token'),
})

export type FcmServiceAccount = z.infer<typeof fcmServiceAccount>

/** So many bytes, written in base64url. */
const bytes = (count: number) =>
  z
    .string()
    .refine((text) => Buffer.from(text, 'base64url').length === count, `not ${count} bytes in base64url`)

export const pushSettings = {
  /** Key of a service account of the Firebase project, as JSON. Absent: nothing goes to mobile applications. */
  FCM_SERVICE_ACCOUNT: json(fcmServiceAccount).optional(),
  /** Where Firebase Cloud Messaging is. */
  FCM_URL: z.url({ protocol: /^https?$/ }).default('https://fcm.googleapis.com'),
  /** Key pair by which push services of browsers know us, and whom they may ask. All or none. */
  VAPID_SUBJECT: z
    .string()
    .regex(/^(mailto:\S+@\S+|https:\/\/\S+)$/, 'neither mailto: nor https:')
    .optional(),
  VAPID_PUBLIC_KEY: bytes(65).optional(),
  VAPID_PRIVATE_KEY: bytes(32).optional(),
  /** Whoever sends it as a bearer token may report bounces and complaints to `/hooks/mail`. Absent: nobody may. */
  MAIL_WEBHOOK_SECRET: z.string().min(16).optional(),
}
