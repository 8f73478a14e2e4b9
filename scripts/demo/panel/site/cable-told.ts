import type { PanelSite } from '../../panel-contract.ts'

/** What the panel may say of the line between an edge and the cloud: an edge that does not run tells nothing of its books. */
export interface CableTold {
  readonly line: 'connected' | 'cut' | 'edge_stopped' | 'edge_starting'
  readonly books: 'same' | 'waiting' | 'unknown'
  /** Entries that the cloud has not acknowledged, as the edge told last. */
  readonly waiting: number
}

const lineOf = { running: 'connected', starting: 'edge_starting', stopped: 'edge_stopped' } as const

/** Reads it from the state of the cable, of the edge, and the two heads. */
export function cableTold({ network, edge, headSeq, cloudHeadSeq }: CableFacts): CableTold {
  const waiting = Math.max(0, headSeq - cloudHeadSeq)
  const books = edge.state !== 'running' ? 'unknown' : waiting > 0 ? 'waiting' : 'same'
  return { line: network === 'cut' ? 'cut' : lineOf[edge.state], books, waiting }
}

type CableFacts = Pick<PanelSite, 'network' | 'headSeq' | 'cloudHeadSeq'> & {
  readonly edge: Pick<PanelSite['edge'], 'state'>
}
