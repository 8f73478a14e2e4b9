import type { HandshakeAnswer, HandshakeRequest } from '@gatehouse/shared/wire/v1/sync'
import { cloudOrigin } from '../audit/act.ts'
import { inTransaction, type Pool } from '../database/pool.ts'
import { readShapeHead } from '../directory/shape-store.ts'
import { entryHashAt, readHead } from '../ingest/stream-store.ts'
import { decideHandshake, type HandshakeState, newEpochBecause, verdictOf } from './decide-handshake.ts'
import { renewEpoch } from './epoch.ts'
import { raiseFork, raiseLostEntries, watchHistory } from './findings.ts'
import type { SiteCaller } from './site-access.ts'
import { currentIncarnation } from './site-store.ts'
import { storeMachineMark, storeSyncState } from './site-sync-state.ts'

export interface Handshake {
  readonly caller: SiteCaller
  readonly request: HandshakeRequest
  readonly nowMs: number
}

/** Compares a life's books with the cloud's, begins a new epoch where the edge proves one, and records the outcome. */
export async function shakeHands(pool: Pool, handshake: Handshake): Promise<HandshakeAnswer> {
  const { caller, request, nowMs } = handshake
  const hashAt = (seq: number | undefined) =>
    seq === undefined || seq === 0 ? undefined : entryHashAt(pool, caller, seq)
  const [head, current, cloudHashAtEdgeHead, cloudHashAtContradicted, cloudHashAtPruned] = await Promise.all([
    readHead(pool, caller),
    currentIncarnation(pool, caller.siteId),
    hashAt(request.head.seq),
    hashAt(request.contradicts?.seq),
    hashAt(request.pruned?.seq),
  ])
  const state = decideHandshake({
    incarnation: caller.incarnation,
    currentIncarnation: current,
    edgeHead: request.head,
    cloudHead: head,
    cloudHashAtEdgeHead,
    contradicts: request.contradicts,
    cloudHashAtContradicted,
    pruned: request.pruned,
    cloudHashAtPruned,
  })
  // Who was replaced is not asked for evidence: its own later life speaks for the site.
  const epoch = await epochAfter(pool, handshake, head, state.kind !== 'older_life')
  const pruned = state.kind === 'history_gone' ? request.pruned : undefined
  await raise(pool, handshake, state, { cloudSeq: head.seq, pruned })
  await storeSyncState(pool, caller, {
    ...{ state: state.kind, pruned },
    ...{ edgeSeq: request.head.seq, cloudSeq: head.seq, version: request.version, nowMs },
  })
  if (verdictOf(state) === 'continue') await storeMachineMark(pool, caller, request.machineMark)
  return { head, epoch, cloudWallMs: nowMs, verdict: verdictOf(state) }
}

async function epochAfter(
  pool: Pool,
  { caller, request, nowMs }: Handshake,
  head: HandshakeAnswer['head'],
  asksForEvidence: boolean,
): Promise<number> {
  const { acknowledged, epoch, rev } = request
  const [cloud, cloudHashAtAcknowledged] = await Promise.all([
    readShapeHead(pool, caller.siteId),
    acknowledged && acknowledged.seq > 0 ? entryHashAt(pool, caller, acknowledged.seq) : undefined,
  ])
  const reason = newEpochBecause({
    edge: { position: { epoch, rev }, acknowledged },
    cloud: { position: cloud, head },
    cloudHashAtAcknowledged,
  })
  if (!asksForEvidence || reason === undefined) return cloud.epoch
  const { siteId, incarnation } = caller
  const told = {
    siteId,
    incarnation,
    edgeEpoch: epoch,
    edgeRev: rev,
    cloudRev: cloud.rev,
    cloudSeq: head.seq,
  }
  const detail = { ...told, ...(acknowledged && { acknowledgedSeq: acknowledged.seq }) }
  const by = cloudOrigin(nowMs)
  const after = Math.max(epoch, acknowledged?.epoch ?? 0)
  return inTransaction(pool, (tx) => renewEpoch(tx, { reason, ends: cloud.epoch, after, by, detail }))
}

async function raise(
  pool: Pool,
  { caller, request, nowMs }: Handshake,
  state: HandshakeState,
  { cloudSeq, pruned }: { readonly cloudSeq: number; readonly pruned: HandshakeRequest['pruned'] },
): Promise<void> {
  const facts = { ...caller, nowMs }
  if (state.kind === 'fork') {
    await raiseFork(pool, { ...facts, edgeHead: state.edge, cloudHash: state.cloudHash })
  }
  if (state.kind === 'cloud_ahead')
    await raiseLostEntries(pool, { ...facts, edgeHead: request.head, cloudSeq })
  await watchHistory(pool, { ...facts, cloudSeq, pruned })
}
