import type { SiteId } from '@gatehouse/shared/ids/ids'
import type { Notifications } from '../database/notifications.ts'
import type { Pool } from '../database/pool.ts'
import { rowsOrWait } from '../database/rows-or-wait.ts'
import { readChangesAfter, type ShapeChange } from './shape-store.ts'

const longPollMs = 20_000
const changesPerAnswerMax = 1_000

/** Changes in order, and the position after them. */
export interface ShapePart {
  readonly rev: number
  readonly changes: readonly ShapeChange[]
  readonly isUpToDate: boolean
}

export interface ChangesOptions {
  readonly pool: Pool
  readonly notifications: Notifications
}

/** The changes after a position that are there now. */
export async function changesAfter(
  { pool }: ChangesOptions,
  siteId: SiteId,
  afterRev: number,
): Promise<ShapePart> {
  return partOf(afterRev, await readChangesAfter(pool, siteId, { afterRev, limit: changesPerAnswerMax }))
}

/** The changes after a position; when there are none it waits for the next write, at most 20 s. */
export async function changesOrWait(
  { pool, notifications }: ChangesOptions,
  siteId: SiteId,
  { afterRev, signal }: { readonly afterRev: number; readonly signal: AbortSignal },
): Promise<ShapePart> {
  const wait = { channel: 'directory', payload: siteId, timeoutMs: longPollMs, signal } as const
  const changes = await rowsOrWait(notifications, wait, () =>
    readChangesAfter(pool, siteId, { afterRev, limit: changesPerAnswerMax }),
  )
  return partOf(afterRev, changes)
}

function partOf(afterRev: number, changes: readonly ShapeChange[]): ShapePart {
  return { rev: changes.at(-1)?.rev ?? afterRev, changes, isUpToDate: changes.length < changesPerAnswerMax }
}
