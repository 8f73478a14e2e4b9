import { useRef } from 'react'
import type { PanelState } from '../../panel-contract.ts'
import type { Acted } from '../live/panel-context.tsx'
import type { TourStart } from './tour.ts'

/** Remembers each site's head and the time when `step` was first shown; later steps start over. */
export function useTourStart(step: number, state: PanelState, acted: readonly Acted[]): TourStart {
  const begun = useRef<{ step: number; atMs: number; heads: Record<string, number> }>(undefined)
  if (begun.current?.step !== step) {
    const heads = Object.fromEntries(state.sites.map(({ siteId, headSeq }) => [siteId, headSeq]))
    begun.current = { step, heads, atMs: acted[0]?.atMs ?? 0 }
  }
  const { heads, atMs } = begun.current
  return { heads, acted: new Set(acted.filter((one) => one.atMs > atMs).map(({ kind }) => kind)) }
}
