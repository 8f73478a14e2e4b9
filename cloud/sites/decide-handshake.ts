import type { ChainHead } from '@gatehouse/shared/ledger/chain'
import type { HandshakeAnswer } from '@gatehouse/shared/wire/v1/sync'

/** What both sides know when a life of a site calls. */
export interface HandshakeFacts {
  readonly incarnation: number
  /** The newest life that was admitted. */
  readonly currentIncarnation: number
  readonly edgeHead: ChainHead
  readonly cloudHead: ChainHead
  /** The cloud's hash at the edge's `seq`; `undefined` when the cloud has not that entry. */
  readonly cloudHashAtEdgeHead: string | undefined
}

/**
 * Compares heads before an upload run (ARCHITECTURE §5): `fenced` for an older life, `fork` when both have
 * the edge's last entry with different hashes, `edge_behind` when the cloud has more, else `continue`.
 */
export function decideHandshake(facts: HandshakeFacts): HandshakeAnswer['verdict'] {
  const { edgeHead, cloudHead, cloudHashAtEdgeHead } = facts
  if (facts.incarnation < facts.currentIncarnation) return 'fenced'
  if (cloudHashAtEdgeHead !== undefined && cloudHashAtEdgeHead !== edgeHead.hash) return 'fork'
  if (edgeHead.seq < cloudHead.seq) return 'edge_behind'
  return 'continue'
}
