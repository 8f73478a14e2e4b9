import type { Problem } from '@gatehouse/shared/api/problem'
import { alternatives, alternativesWindow, type Candidate } from '@gatehouse/shared/booking/alternatives'
import { spaceIdSchema } from '@gatehouse/shared/ids/ids'
import type { DirectoryBody } from '@gatehouse/shared/wire/v1/directory'
import type { SiteReader } from './site-reader.ts'
import { calendarOf, type ViewContext } from './site-view.ts'

/** What can be booked instead of a refused interval: equal spaces then, or this one at other times. */
export async function alternativesFor(
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
  return alternatives({ interval, candidate, others: candidates }).map((choice) => ({
    ...choice,
    name: spaces.get(choice.spaceId)?.name ?? choice.spaceId,
  }))
}

function candidateOf(context: ViewContext, spaceId: string, space: DirectoryBody<'space'>): Candidate {
  return {
    spaceId: spaceIdSchema.parse(spaceId),
    kind: space.kind,
    bayClass: space.bayClass,
    levelId: space.levelId,
    capacity: space.capacity,
    calendar: calendarOf(context, spaceId, space),
  }
}
