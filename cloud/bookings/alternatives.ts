import type { Problem } from '@gatehouse/shared/api/problem'
import {
  alternatives,
  alternativesWindow,
  type Candidate,
  offersAlternatives,
} from '@gatehouse/shared/booking/alternatives'
import { partsOf } from '@gatehouse/shared/booking/combined'
import { spaceIdSchema } from '@gatehouse/shared/ids/ids'
import type { DirectoryBody } from '@gatehouse/shared/wire/v1/directory'
import type { Refused } from '../http/problem.ts'
import { lentOnly, whoDecides } from './lent-rights.ts'
import type { SiteReader } from './site-reader.ts'
import { calendarOf, type ViewContext } from './site-view.ts'

/** A refused hold with what can be confirmed now instead, where there is anything. */
export async function withAlternatives(
  refused: Refused,
  reader: SiteReader,
  context: ViewContext,
  asked: { readonly spaceId: string; readonly fromMs: number; readonly toMs: number },
  memberId: string,
): Promise<Refused> {
  if (!offersAlternatives.has(refused.code)) return refused
  const alternatives = await alternativesFor(reader, context, asked, memberId)
  return alternatives.length > 0 ? { ...refused, alternatives } : refused
}

/**
 * What can be booked instead of a refused interval and confirmed now: equal spaces then, or this one at other times.
 * While the site is known to be offline, only inside what it lends.
 */
async function alternativesFor(
  reader: SiteReader,
  context: ViewContext,
  asked: { readonly spaceId: string; readonly fromMs: number; readonly toMs: number },
  memberId: string,
): Promise<NonNullable<Problem['alternatives']>> {
  const { spaces } = context.catalogue
  const interval = { fromMs: asked.fromMs, toMs: asked.toMs }
  const around = await reader.context(context.catalogue, alternativesWindow(interval), memberId)
  const candidates = [...spaces].map(([spaceId, space]) => candidateOf(around, spaceId, space))
  const candidate = candidates.find((one) => one.spaceId === asked.spaceId)
  if (candidate === undefined) return []
  return alternatives({ interval, candidate, others: candidates })
    .filter(({ spaceId, ...choice }) => isDecidedAtOnce(around, spaceId, choice))
    .map((choice) => ({ ...choice, name: spaces.get(choice.spaceId)?.name ?? choice.spaceId }))
}

/** A block that lies partly in a loan is nobody's to sell whole. */
function isDecidedAtOnce(
  { catalogue, rights }: ViewContext,
  spaceId: string,
  interval: { readonly fromMs: number; readonly toMs: number },
): boolean {
  const space = catalogue.spaces.get(spaceId)
  if (space === undefined) return false
  const decides = whoDecides(rights, catalogue, { spaceId, space, interval })
  return decides.kind === 'cloud' || decides.because === 'not_lent'
}

function candidateOf(context: ViewContext, spaceId: string, space: DirectoryBody<'space'>): Candidate {
  const calendar = calendarOf(context, spaceId, space)
  const parts = partsOf(context.catalogue.spaces, spaceId)
  const occupied = parts.length > 0 ? parts : [spaceId]
  return {
    spaceId: spaceIdSchema.parse(spaceId),
    kind: space.kind,
    bayClass: space.bayClass,
    levelId: space.levelId,
    capacity: space.capacity,
    calendar: context.link.state === 'live' ? calendar : lentOnly(calendar, context.rights, occupied),
  }
}
