import type { Clock } from '@gatehouse/shared/clock/clock'
import { sha256Hex } from '@gatehouse/shared/ledger/chain'
import type { Context, MiddlewareHandler } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { Queryable } from '../database/pool.ts'
import type { AppEnv } from './app-context.ts'
import { problem, refusal } from './problem.ts'

/*
 *            first call                      answer stored
 *  (absent) ────────────▶ running (lease) ────────────────▶ answered ── same body ──▶ the same answer
 *                           │      ▲                            └────── other body ──▶ 422 key_reused
 *           failed or 5xx   │      │ lease over: the next call runs again
 *  (absent) ◀───────────────┘      └──────────
 *
 * A run that comes twice finds what the first wrote: acts mark their key with what they change (audit/act-once.ts),
 * bookings, passes and commands from afar derive their ids from it (bookings/action-ids.ts).
 */

const keyPattern = /^[A-Za-z0-9._-]{8,64}$/
/** Longer than any handler waits; after it, a process that died has let go of the key. */
const leaseMs = 30_000
/** RULES, receipts: at least as long as a site keeps them. */
export const keyKeptMs = 35 * 24 * 3600 * 1000

type Claim =
  | { readonly kind: 'run' }
  | { readonly kind: 'answer'; readonly status: number; readonly body: string }
  | { readonly kind: 'reused' }
  | { readonly kind: 'busy' }

interface KeyRow {
  readonly digest: string
  readonly status: number | null
  readonly body: string | null
  readonly lease_ms: number
}

/** The idempotency key of the request being answered; only behind `idempotent`, which made sure that there is one. */
export function idempotencyKey(context: Context<AppEnv>): string {
  return context.req.header('idempotency-key') ?? ''
}

/**
 * Runs a changing request once per (caller, `Idempotency-Key`): the same key and body get the same answer,
 * another body 422 `key_reused`. Answers of 500 and above are not kept, because nothing was decided.
 * Must stand behind `requireLogin`.
 */
export function idempotent(db: Queryable, clock: Clock): MiddlewareHandler<AppEnv> {
  const running = new Map<string, Promise<void>>()
  return async (context, next) => {
    if (context.req.method !== 'POST') return next()
    const key = idempotencyKey(context)
    if (!keyPattern.test(key)) return problem(context, refusal('key_required'))
    const caller = context.get('login').userId
    const digest = sha256Hex(`${context.req.method} ${context.req.path}\n${await context.req.text()}`)
    const slot = `${caller} ${key}`
    for (let before = running.get(slot); before !== undefined; before = running.get(slot)) await before
    let finish = () => {}
    const first = new Promise<void>((resolve) => {
      finish = resolve
    })
    running.set(slot, first)
    try {
      const claim = await claimKey(db, { caller, key, digest, nowMs: clock.now().wallMs })
      if (claim.kind !== 'run') return replay(context, claim)
      await runOnce(context, next, db, { caller, key })
    } finally {
      running.delete(slot)
      finish()
    }
    return undefined
  }
}

function replay(context: Context<AppEnv>, claim: Exclude<Claim, { kind: 'run' }>): Response {
  if (claim.kind === 'reused') return problem(context, refusal('key_reused'))
  if (claim.kind === 'busy') return problem(context, refusal('key_busy'), { 'retry-after': '2' })
  const type = claim.status >= 400 ? 'application/problem+json' : 'application/json'
  return context.body(claim.body, claim.status as ContentfulStatusCode, {
    'content-type': type,
    'idempotent-replayed': 'true',
  })
}

async function runOnce(
  context: Context<AppEnv>,
  next: () => Promise<void>,
  db: Queryable,
  id: { caller: string; key: string },
): Promise<void> {
  let kept = false
  try {
    await next()
    if (context.error === undefined && context.res.status < 500 && context.res.status !== 429) {
      const body = await context.res.clone().text()
      await db.query('UPDATE idempotency_key SET status = $3, body = $4 WHERE caller = $1 AND key = $2', [
        id.caller,
        id.key,
        context.res.status,
        body,
      ])
      kept = true
    }
  } finally {
    if (!kept) await letGo(db, id)
  }
}

/** The next call runs at once; a key whose act was carried out stays, so that it is not carried out again. */
async function letGo(db: Queryable, { caller, key }: { caller: string; key: string }): Promise<void> {
  const isOpen = 'caller = $1 AND key = $2 AND status IS NULL'
  await db.query(
    `WITH gone AS (DELETE FROM idempotency_key WHERE ${isOpen} AND carried_out_ms IS NULL)
     UPDATE idempotency_key SET lease_ms = 0 WHERE ${isOpen} AND carried_out_ms IS NOT NULL`,
    [caller, key],
  )
}

async function claimKey(
  db: Queryable,
  call: { caller: string; key: string; digest: string; nowMs: number },
): Promise<Claim> {
  const { caller, key, digest, nowMs } = call
  // A claim need not wait for the disk: whatever is done under it is committed after it, and with it.
  const inserted = await db.query(
    `INSERT INTO idempotency_key (caller, key, digest, lease_ms, created_ms) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT DO NOTHING RETURNING set_config('synchronous_commit', 'off', true)`,
    [caller, key, digest, nowMs + leaseMs, nowMs],
  )
  if (inserted.rowCount === 1) return { kind: 'run' }
  const found = await db.query<KeyRow>(
    'SELECT digest, status, body, lease_ms FROM idempotency_key WHERE caller = $1 AND key = $2',
    [caller, key],
  )
  const [row] = found.rows
  // The first call failed between the two statements and let go of the key.
  if (row === undefined) return { kind: 'busy' }
  if (row.digest !== digest) return { kind: 'reused' }
  if (row.status !== null) return { kind: 'answer', status: row.status, body: row.body ?? '' }
  if (row.lease_ms > nowMs) return { kind: 'busy' }
  const taken = await db.query(
    `UPDATE idempotency_key SET lease_ms = $4
     WHERE caller = $1 AND key = $2 AND lease_ms = $3 AND status IS NULL`,
    [caller, key, row.lease_ms, nowMs + leaseMs],
  )
  return { kind: taken.rowCount === 1 ? 'run' : 'busy' }
}

/** Forgets keys older than 35 days. */
export async function pruneKeys(db: Queryable, nowMs: number): Promise<void> {
  await db.query('DELETE FROM idempotency_key WHERE created_ms < $1', [nowMs - keyKeptMs])
}
