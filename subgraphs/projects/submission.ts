import type { Context, Transaction } from '@guildhall/kit/context'
import { teamOf } from './facts.ts'
import { type EventTermsRow, type ProjectRow, projectSubmissions } from './tables.ts'

/** Keeps what a locked project says of itself now; the project has counted it already. */
export async function keepSubmission(
  ctx: Context,
  tx: Transaction,
  project: ProjectRow,
  event: EventTermsRow | null,
): Promise<void> {
  const members = await teamOf(tx, project.id)
  const { title, summary, repositoryUrl, demoUrl, videoUrl, thumbnailUrl, tags, submissionNumber } = project
  await tx.insert(projectSubmissions).values({
    id: ctx.newId('prs'),
    projectId: project.id,
    number: submissionNumber,
    title,
    summary,
    repositoryUrl,
    demoUrl,
    videoUrl,
    thumbnailUrl,
    tags,
    // A track that the event has given up meanwhile keeps nobody from handing in.
    tracks: (event?.tracks ?? []).filter(({ id }) => project.trackIds.includes(id)),
    members: members.map(({ userId, role }) => ({ userId, role })),
    submittedBy: ctx.requireViewer().userId,
    at: ctx.now(),
  })
}
