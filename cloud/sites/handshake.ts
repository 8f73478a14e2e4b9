import type { HandshakeAnswer, HandshakeRequest } from '@gatehouse/shared/wire/v1/sync'
import { cloudOrigin } from '../audit/act.ts'
import { inTransaction, type Pool } from '../database/pool.ts'
import { decideHandshake, type HandshakeState, newEpochBecause, verdictOf } from './decide-handshake.ts'
import { renewEpoch } from './epoch.ts'
import { raiseFork, raiseLostEntries, watchHistory } from './findings.ts'
import { type HandshakeFacts, readHandshakeFacts } from './handshake-facts.ts'
import type { SiteCaller } from './site-access.ts'
import { storeMachineMark, storeSyncState } from './site-sync-state.ts'

export interface Handshake {
  readonly caller: SiteCaller
  readonly request: HandshakeRequest
  readonly nowMs: number
}

/** Compares a life's books with the cloud's, begins a new epoch where the edge proves one, and records the outcome. */
export async function shakeHands(pool: Pool, handshake: Handshake): Promise<HandshakeAnswer> {
  const { caller, request, nowMs } = handshake
  const facts = await readHandshakeFacts(pool, caller, request)
  const { head, hashAt } = facts
  const state = decideHandshake({
    incarnation: caller.incarnation,
    currentIncarnation: facts.currentIncarnation,
    edgeHead: request.head,
    cloudHead: head,
    cloudHashAtEdgeHead: hashAt(request.head.seq),
    contradicts: request.contradicts,
    cloudHashAtContradicted: hashAt(request.contradicts?.seq),
    pruned: request.pruned,
    cloudHashAtPruned: hashAt(request.pruned?.seq),
  })
  // Who was replaced is not asked for evidence: its own later life speaks for the site.
  const epoch = await epochAfter(pool, handshake, facts, state.kind !== 'older_life')
  const pruned = state.kind === 'history_gone' ? request.pruned : undefined
  await raise(pool, handshake, state, { facts, pruned })
  await storeSyncState(pool, caller, {
    ...{ state: state.kind, pruned },
    ...{ edgeSeq: request.head.seq, cloudSeq: head.seq, version: request.version, nowMs },
  })
  const isNewMark = verdictOf(state) === 'continue' && !facts.hasMark
  if (isNewMark) await storeMachineMark(pool, caller, request.machineMark)
  return { head, epoch, cloudWallMs: nowMs, verdict: verdictOf(state) }
}

async function epochAfter(
  pool: Pool,
  { caller, request, nowMs }: Handshake,
  { head, position: cloud, hashAt }: HandshakeFacts,
  asksForEvidence: boolean,
): Promise<number> {
  const { acknowledged, epoch, rev } = request
  const reason = newEpochBecause({
    edge: { position: { epoch, rev }, acknowledged },
    cloud: { position: cloud, head },
    cloudHashAtAcknowledged: hashAt(acknowledged?.seq),
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
  known: { readonly facts: HandshakeFacts; readonly pruned: HandshakeRequest['pruned'] },
): Promise<void> {
  const cloudSeq = known.facts.head.seq
  const facts = { ...caller, nowMs }
  if (state.kind === 'fork') {
    await raiseFork(pool, { ...facts, edgeHead: state.edge, cloudHash: state.cloudHash })
  }
  if (state.kind === 'cloud_ahead')
    await raiseLostEntries(pool, { ...facts, edgeHead: request.head, cloudSeq })
  const { pruned } = known
  if (pruned !== undefined || known.facts.hasHistoryCase)
    await watchHistory(pool, { ...facts, cloudSeq, pruned })
}
