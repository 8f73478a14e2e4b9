import type { ChainHead } from '@gatehouse/shared/ledger/chain'
import { assertNever } from '@gatehouse/shared/result/result'
import type { HandshakeAnswer } from '@gatehouse/shared/wire/v1/sync'

/**
 * Both sides' books compared, before each upload run and both ways (ARCHITECTURE §5).
 *
 *   life       heads                                   state           verdict
 *   older      any                                     older_life      fenced: reports, opens doors, sells nothing
 *   newest     the edge's last entry is another here   fork            fork: nothing is posted, a person is called
 *   newest     the cloud's last entry is another there fork            fork (the edge saw it and says so)
 *   newest     the edge's last pruned one differs      fork            fork
 *   newest     the cloud ends before what it keeps     history_gone    continue: the edge holds back what does not continue
 *   newest     the cloud has more                      cloud_ahead     edge_behind: the edge comes from an old image
 *   newest     the edge has more                       edge_ahead      continue
 *   newest     equal                                   in_step         continue
 *
 * Whether the *cloud* is an older one is a question of its own: `newEpochBecause`.
 */
export interface HandshakeFacts {
  readonly incarnation: number
  /** The newest life that was admitted. */
  readonly currentIncarnation: number
  readonly edgeHead: ChainHead
  readonly cloudHead: ChainHead
  /** The cloud's hash at the edge's `seq`; `undefined` when the cloud has not that entry. */
  readonly cloudHashAtEdgeHead: string | undefined
  /** What the edge says it holds in place of the cloud's entry of that `seq`. */
  readonly contradicts?: ChainHead | undefined
  /** The cloud's hash there. */
  readonly cloudHashAtContradicted?: string | undefined
  /** The last entry that the edge pruned, and the cloud's hash there. */
  readonly pruned?: ChainHead | undefined
  readonly cloudHashAtPruned?: string | undefined
}

/** How the books of a life compare with the cloud's; `seq` is the first place that both know to differ. */
export type HandshakeState =
  | { readonly kind: 'older_life' }
  | { readonly kind: 'fork'; readonly edge: ChainHead; readonly cloudHash: string }
  | { readonly kind: 'history_gone'; readonly lost: number }
  | { readonly kind: 'cloud_ahead'; readonly lost: number }
  | { readonly kind: 'edge_ahead'; readonly waiting: number }
  | { readonly kind: 'in_step' }

/** Compares heads and hashes before an upload run; the table above is the whole rule. */
export function decideHandshake(facts: HandshakeFacts): HandshakeState {
  const { edgeHead, cloudHead, cloudHashAtEdgeHead, contradicts, cloudHashAtContradicted } = facts
  if (facts.incarnation < facts.currentIncarnation) return { kind: 'older_life' }
  if (cloudHashAtEdgeHead !== undefined && cloudHashAtEdgeHead !== edgeHead.hash) {
    return { kind: 'fork', edge: edgeHead, cloudHash: cloudHashAtEdgeHead }
  }
  if (contradicts && cloudHashAtContradicted !== undefined && cloudHashAtContradicted !== contradicts.hash) {
    return { kind: 'fork', edge: contradicts, cloudHash: cloudHashAtContradicted }
  }
  const { pruned, cloudHashAtPruned } = facts
  if (pruned && cloudHashAtPruned !== undefined && cloudHashAtPruned !== pruned.hash) {
    return { kind: 'fork', edge: pruned, cloudHash: cloudHashAtPruned }
  }
  if (pruned && cloudHead.seq < pruned.seq) {
    return { kind: 'history_gone', lost: pruned.seq - cloudHead.seq }
  }
  if (edgeHead.seq < cloudHead.seq) return { kind: 'cloud_ahead', lost: cloudHead.seq - edgeHead.seq }
  if (edgeHead.seq > cloudHead.seq) return { kind: 'edge_ahead', waiting: edgeHead.seq - cloudHead.seq }
  return { kind: 'in_step' }
}

/** What the edge is told to do in each state. */
export function verdictOf(state: HandshakeState): HandshakeAnswer['verdict'] {
  switch (state.kind) {
    case 'older_life':
      return 'fenced'
    case 'fork':
      return 'fork'
    case 'cloud_ahead':
      return 'edge_behind'
    case 'history_gone':
    case 'edge_ahead':
    case 'in_step':
      return 'continue'
    default:
      return assertNever(state)
  }
}

/** What an edge remembers of the cloud, and what the cloud has. */
export interface EpochFacts {
  readonly edge: {
    /** Of the last directory row that it applied. */
    readonly position: Position
    readonly acknowledged?: (ChainHead & { readonly epoch: number }) | undefined
  }
  readonly cloud: { readonly position: Position; readonly head: ChainHead }
  /** The cloud's hash at the acknowledged `seq`; `undefined` when it has not that entry. */
  readonly cloudHashAtAcknowledged: string | undefined
}

interface Position {
  readonly epoch: number
  readonly rev: number
}

/** Why this cloud cannot be the one that spoke to the edge before. */
export type EpochEvidence = 'acknowledged_ahead' | 'acknowledged_differs' | 'position_ahead'

/**
 * Tells why a new epoch must begin, from what an edge was told before; `undefined` when nothing speaks for it. What it
 * was told in an earlier epoch proves nothing: it is why the present one began (ARCHITECTURE §5).
 */
export function newEpochBecause({
  edge,
  cloud,
  cloudHashAtAcknowledged,
}: EpochFacts): EpochEvidence | undefined {
  const { position, acknowledged } = edge
  const { epoch, rev } = cloud.position
  if (position.epoch > epoch || (position.epoch === epoch && position.rev > rev)) return 'position_ahead'
  if (acknowledged === undefined || acknowledged.epoch < epoch) return undefined
  if (acknowledged.epoch > epoch || acknowledged.seq > cloud.head.seq) return 'acknowledged_ahead'
  if (acknowledged.seq === 0) return undefined
  return cloudHashAtAcknowledged === acknowledged.hash ? undefined : 'acknowledged_differs'
}
