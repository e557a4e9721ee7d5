import type { IncomingHttpHeaders } from 'node:http'
import { PushDelayed } from './message.ts'

/** Longest time for one message, well within a sender's lease. */
export const sendMs = 10_000

const retryAfterMaxMs = 86_400_000

/** What `Retry-After` asks for, seconds or a date; null when it says nothing that can be read. At most a day. */
export function retryAfterMs(header: string | string[] | undefined, nowMs: number): number | null {
  const text = Array.isArray(header) ? header[0] : header
  if (text === undefined) return null
  const ms = /^\d+$/.test(text.trim()) ? Number(text) * 1_000 : Date.parse(text) - nowMs
  return Number.isNaN(ms) ? null : Math.min(Math.max(ms, 0), retryAfterMaxMs)
}

/** Too much, or not now. Dates are those of the service's clock, and so of the real one. */
export const delayed = (what: string, status: number, headers: IncomingHttpHeaders): PushDelayed =>
  new PushDelayed(`${what} answered ${status}`, retryAfterMs(headers['retry-after'], Date.now()))
