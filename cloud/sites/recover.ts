import type { RecoverAnswer, RecoverRequest } from '@gatehouse/shared/wire/v1/sync'
import { cloudOrigin } from '../audit/act.ts'
import { recordActs } from '../audit/record-acts.ts'
import { inTransaction, type Pool, type Queryable, type Transaction } from '../database/pool.ts'
import { openException, resolveException } from '../exceptions/raise.ts'
import { readHead } from '../ingest/stream-store.ts'
import { admitLife, pastLives } from './admit.ts'
import { decideRecovery, type RecoveryDecision, type RecoveryFacts } from './decide-recovery.ts'
import type { SiteCaller } from './site-access.ts'
import { otherBootHeard } from './site-health.ts'
import { currentIncarnation, siteKey } from './site-store.ts'

export interface RecoveryCall {
  readonly caller: SiteCaller
  readonly request: RecoverRequest
  readonly cloudPublicKey: string
  readonly nowMs: number
}

/** Tells whether a life was just given the next one and has not begun it: it still calls, and is no clone. */
export async function isGoingOn(db: Queryable, { siteId, incarnation }: SiteCaller): Promise<boolean> {
  const { rowCount } = await db.query(
    `SELECT FROM site_recoveries r JOIN streams s ON s.site_id = r.site_id AND s.incarnation = r.granted_incarnation
     WHERE r.site_id = $1 AND r.incarnation = $2 AND r.state = 'granted' AND s.head_seq = 0`,
    [siteId, incarnation],
  )
  return rowCount === 1
}

interface Life {
  readonly public_key: string
  readonly machine: string
  readonly machine_mark: string | null
}

/**
 * Answers a life whose books are older than its own past: the next life at once where that is safe, else it waits for a
 * person. May be asked again and again; the same call gets the same life as long as nothing was told under it.
 */
export async function recoverLife(pool: Pool, call: RecoveryCall): Promise<RecoverAnswer> {
  const answer = await decideInTurn(pool, call)
  const { siteId, incarnation } = call.caller
  if (answer.state !== 'granted') return answer
  // What it had lost goes back to it, and whoever it was taken for is silent.
  const about = String(incarnation)
  for (const kind of ['chain_gap', 'clone'] as const)
    await resolveException(pool, { siteId, kind, about }, call.nowMs)
  return answer
}

async function decideInTurn(pool: Pool, call: RecoveryCall): Promise<RecoverAnswer> {
  return inTransaction(pool, async (tx): Promise<RecoverAnswer> => {
    // One call at a time for each site.
    await tx.query('SELECT FROM sites WHERE site_id = $1 FOR UPDATE', [call.caller.siteId])
    const life = await readLife(tx, call.caller)
    const decision = decideRecovery(await readFacts(tx, call, life))
    switch (decision.kind) {
      case 'again':
        return grant(tx, call, decision.incarnation)
      case 'give':
        return grant(tx, call, await giveNextLife(tx, call, life))
      case 'waiting':
      case 'refused':
        await wait(tx, call, decision)
        return decision.kind === 'waiting' ? { state: 'waiting', why: decision.why } : { state: 'refused' }
    }
  })
}

async function readLife(tx: Transaction, { siteId, incarnation }: SiteCaller): Promise<Life> {
  const { rows } = await tx.query<Life>(
    'SELECT public_key, machine, machine_mark FROM site_incarnations WHERE site_id = $1 AND incarnation = $2',
    [siteId, incarnation],
  )
  return rows[0] ?? { public_key: '', machine: '', machine_mark: null }
}

async function readFacts(tx: Transaction, call: RecoveryCall, life: Life): Promise<RecoveryFacts> {
  const { caller, request, nowMs } = call
  const { rows } = await tx.query<{ state: RecoveryFacts['before']; granted: number | null }>(
    `SELECT state, granted_incarnation AS granted FROM site_recoveries
     WHERE site_id = $1 AND incarnation = $2`,
    [caller.siteId, caller.incarnation],
  )
  const [row] = rows
  const granted = row?.granted ?? undefined
  return {
    incarnation: caller.incarnation,
    currentIncarnation: await currentIncarnation(tx, caller.siteId),
    before: row?.state ?? 'none',
    granted:
      granted === undefined ? undefined : { incarnation: granted, isUsed: await isUsed(tx, caller, granted) },
    machine: machineOf(life.machine_mark, request.machineMark),
    otherHolder: await otherBootHeard(tx, caller, request.bootId, nowMs),
  }
}

function machineOf(known: string | null, told: string | undefined): RecoveryFacts['machine'] {
  if (known === null || told === undefined) return 'unknown'
  return known === told ? 'same' : 'other'
}

async function isUsed(tx: Transaction, { siteId }: SiteCaller, incarnation: number): Promise<boolean> {
  return (await readHead(tx, { siteId, incarnation })).seq > 0
}

async function giveNextLife(tx: Transaction, call: RecoveryCall, life: Life): Promise<number> {
  const { caller, request, nowMs } = call
  const { siteId, incarnation: from } = caller
  const { machine, machineMark } = request
  const incarnation = await admitLife(tx, {
    ...{ siteId, publicKey: life.public_key, machine, machineMark, nowMs },
    origin: 'recovered',
  })
  await store(tx, call, { state: 'granted', why: null, granted: incarnation })
  await recordActs(tx, cloudOrigin(nowMs), [
    {
      act: 'site.recovered',
      subject: { kind: 'site', id: siteId },
      siteId,
      before: { incarnation: from },
      after: { incarnation, edgeSeq: request.head.seq },
    },
  ])
  return incarnation
}

async function grant(tx: Transaction, call: RecoveryCall, incarnation: number): Promise<RecoverAnswer> {
  const { siteId } = call.caller
  const key = (await siteKey(tx, siteId)) ?? ''
  const identity = { siteId, incarnation, cloudPublicKey: call.cloudPublicKey, siteKey: key }
  return { state: 'granted', identity, history: [...(await pastLives(tx, siteId, incarnation))] }
}

async function wait(
  tx: Transaction,
  call: RecoveryCall,
  decision: Extract<RecoveryDecision, { kind: 'waiting' | 'refused' }>,
): Promise<void> {
  if (decision.kind === 'refused') return
  const { caller, nowMs } = call
  const { siteId, incarnation } = caller
  await store(tx, call, { state: 'waiting', why: decision.why, granted: null })
  const current = await currentIncarnation(tx, siteId)
  await openException(tx, {
    ...{ siteId, kind: 'clone', about: String(incarnation), nowMs },
    sides: [{ what: 'life', site: incarnation, cloud: current, unit: 'count' }],
    detail: { why: decision.why, machine: call.request.machine },
  })
}

async function store(
  tx: Transaction,
  { caller, request, nowMs }: RecoveryCall,
  {
    state,
    why,
    granted,
  }: { readonly state: string; readonly why: string | null; readonly granted: number | null },
): Promise<void> {
  const { seq } = await readHead(tx, caller)
  await tx.query(
    `INSERT INTO site_recoveries
       (site_id, incarnation, state, why, machine, asked_ms, edge_seq, cloud_seq, granted_incarnation)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     ON CONFLICT (site_id, incarnation) DO UPDATE SET state = excluded.state, why = excluded.why,
       machine = excluded.machine, edge_seq = excluded.edge_seq, cloud_seq = excluded.cloud_seq,
       granted_incarnation = coalesce(excluded.granted_incarnation, site_recoveries.granted_incarnation)`,
    [caller.siteId, caller.incarnation, state, why, request.machine, nowMs, request.head.seq, seq, granted],
  )
}
