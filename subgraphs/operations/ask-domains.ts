import type { Context } from '@guildhall/kit/context'
import { domainNames } from '@guildhall/kit/discover'
import type { BackboneAnswers, BackboneOrder, BackboneQuestion } from '@guildhall/kit/operating/questions'

/** Asks a domain about its part of the backbone. @throws ServiceUnavailable when it is away. */
export async function askDomain<Question extends BackboneQuestion>(
  ctx: Context,
  domain: string,
  question: Question,
): Promise<BackboneAnswers[Question['ask']]> {
  const { backbone } = await ctx.peers.ask<{ backbone: string | null }>(
    domain,
    'query ($question: String!) { backbone(question: $question) }',
    { question: JSON.stringify(question) },
  )
  return JSON.parse(backbone ?? 'null')
}

/** Has something done to a domain's part of the backbone. @throws ServiceUnavailable when it is away. */
export async function orderDomain<Order extends BackboneOrder>(
  ctx: Context,
  domain: string,
  order: Order,
): Promise<BackboneAnswers[Order['order']]> {
  const { tendBackbone } = await ctx.peers.ask<{ tendBackbone: { result: string | null } }>(
    domain,
    'mutation ($input: TendBackboneInput!) { tendBackbone(input: $input) { result } }',
    { input: { order: JSON.stringify(order) } },
  )
  return JSON.parse(tendBackbone.result ?? 'null')
}

/** What some domains say, and who of them is away: that is no reason not to hear the others. */
export interface Heard<Answer> {
  answers: { domain: string; answer: Answer }[]
  unavailableDomains: string[]
}

/** Turns to every domain, or to the one that is meant, all at once. */
export async function hearAll<Answer>(
  ctx: Context,
  only: string | null | undefined,
  turn: (domain: string) => Promise<Answer>,
): Promise<Heard<Answer>> {
  const heard: Heard<Answer> = { answers: [], unavailableDomains: [] }
  const domains = domainNames().filter((domain) => only == null || domain === only)
  const turns = await Promise.allSettled(domains.map((domain) => turn(domain)))
  for (const [index, settled] of turns.entries()) {
    const domain = domains[index] ?? ''
    if (settled.status === 'fulfilled') heard.answers.push({ domain, answer: settled.value })
    else {
      heard.unavailableDomains.push(domain)
      ctx.log.warn({ err: settled.reason, domain }, 'domain does not answer an operator')
    }
  }
  return heard
}

/** Whether there is such a domain in the house, running or not. */
export const isDomain = (name: string): boolean => domainNames().includes(name)
