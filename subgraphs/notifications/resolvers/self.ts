import type { Ctx } from '../loaders.ts'

/** Inboxes are private: not even owners of an organization see those of its members. */
export const isSelf = (ctx: Ctx, userId: string): boolean => ctx.viewer?.userId === userId
