import type { PanelActionInput, PanelSite, PanelState } from '../../panel-contract.ts'

/** The steps of the tour; 0 is before and 8 after it. */
export type TourStep = 1 | 2 | 3 | 4 | 5 | 6 | 7
export const tourSteps: readonly TourStep[] = [1, 2, 3, 4, 5, 6, 7]

/** What a step is measured against: each site's head when it was shown, and what this panel did since. */
export interface TourStart {
  readonly heads: Readonly<Record<string, number>>
  readonly acted: ReadonlySet<PanelActionInput['kind']>
}

/** Narrows a number to a step of the tour. */
export function tourStepOf(step: number): TourStep | undefined {
  return tourSteps.find((one) => one === step)
}

function hasNew(state: PanelState, start: TourStart, type: string): boolean {
  return state.sites.some((site) =>
    site.ledgerTail.some((entry) => entry.type === type && entry.seq > (start.heads[site.siteId] ?? 0)),
  )
}

/** Tells whether what a step asks for has happened, by the ledgers and the cables, not by a click alone. */
export function stepIsDone(step: TourStep, state: PanelState, start: TourStart): boolean {
  const { sites } = state
  switch (step) {
    case 1:
      return hasNew(state, start, 'booking.confirmed')
    case 2:
      return (
        (start.acted.has('tapCard') || start.acted.has('typePin')) && hasNew(state, start, 'access.granted')
      )
    case 3:
      return start.acted.has('driveIn') && hasNew(state, start, 'session.entered')
    case 4:
      return sites.some(({ network }) => network === 'cut')
    case 5:
      return sites.some(({ network }) => network === 'cut') && hasNew(state, start, 'payment.captured')
    case 6:
      return sites.every(({ network }) => network === 'on')
    case 7:
      return sites.every((site) => site.network === 'on' && site.headSeq === site.cloudHeadSeq)
  }
}

/** The sites and things the tour talks about; a part is absent when the demo has no such thing. */
export function tourCast(state: PanelState): {
  readonly house: PanelSite | undefined
  readonly garage: PanelSite | undefined
  readonly cut: PanelSite | undefined
  readonly unpaidPlate: string | undefined
} {
  const house = state.sites.find(({ kind }) => kind === 'coworking') ?? state.sites[0]
  const garage = state.sites.find(({ kind }) => kind === 'parking') ?? state.sites[0]
  const cut = state.sites.find(({ network }) => network === 'cut')
  const unpaidPlate = garage?.vehicles.find(({ paid }) => !paid)?.plate
  return { house, garage, cut, unpaidPlate }
}
