import type { TransportConfig } from '../../events/create-transport.ts'

/** The steps between a command and its effect at which a process may be killed. */
export const steps = [
  'before the commit',
  'after the commit',
  'after the hand-over',
  "before the effect's commit",
  "after the effect's commit",
] as const

export type Step = (typeof steps)[number]

/** What a process is told when it starts. */
export interface Mortality {
  url: string
  carrier: TransportConfig
  /** Whether it also has effects, or only takes commands. */
  consumes: boolean
  /** Where to die, and at which passing of that step; null: never. */
  dies: { at: Step; passing: number } | null
}

/** What it is told to do. */
export interface Command {
  aggregate: string
  no: number
}
