import type { Person, World } from '@guildhall/kit/testing/world'
import { act, guestOf, publishedEvent, start, transition } from './support.ts'

/**
 * Projects of one event that are described anew, joined and left, handed in, taken back, given up.
 *
 * @param random decides what happens to which of them.
 */
export async function livelyProjects(world: World, count: number, random: () => number): Promise<void> {
  const organization = world.organization()
  const eventId = await publishedEvent(world, organization)
  for (let no = 0; no < count; no++) {
    const owner = await guestOf(world, eventId)
    const { id } = await start(owner, { eventId, title: `Entry ${no}`, summary: 'What it is about.' })
    // Judging hears of a project with the first change of it.
    await act(owner, 'updateProject', { id, title: `Entry ${no} anew` })
    const team: Person[] = []
    const steps: (() => Promise<unknown>)[] = [
      () => act(owner, 'updateProject', { id, title: `Entry ${no} ${Math.floor(random() * 1_000)}` }),
      async () => {
        const member = await guestOf(world, eventId)
        team.push(member)
        await act(owner, 'addProjectMember', { projectId: id, userId: member.userId })
      },
      async () => {
        const member = team.pop()
        if (member) await act(owner, 'removeProjectMember', { projectId: id, userId: member.userId })
      },
      () => act(owner, 'submitProject', { id }),
      () => act(owner, 'reopenProject', { id }),
    ]
    for (let step = 0; step < 12; step++) await steps[Math.floor(random() * steps.length)]?.()
    if (random() < 0.2) await act(owner, 'withdrawProject', { id })
  }
  if (random() < 0.5) await transition(world, organization, eventId, 'IN_PROGRESS', 'JUDGING')
  await world.settle()
}
