import type { SiteId } from '@gatehouse/shared/ids/ids'
import type { Notifications } from '../database/notifications.ts'
import type { Pool } from '../database/pool.ts'
import { readOrWait } from '../database/read-or-wait.ts'
import { readChangesAfter, type ShapeChange, type ShapeHead, type ShapePicture } from './shape-store.ts'

const longPollMs = 20_000
const changesPerAnswerMax = 1_000

/** Changes in order, the position after them, and where the directory stood when they were read. */
export interface ShapePart {
  readonly head: ShapeHead
  readonly rev: number
  readonly changes: readonly ShapeChange[]
  readonly isUpToDate: boolean
}

export interface ChangesOptions {
  readonly pool: Pool
  readonly notifications: Notifications
}

/** The changes after a position, or after the head when it is absent, that are there now. */
export async function changesAfter(
  { pool }: ChangesOptions,
  siteId: SiteId,
  afterRev: number | undefined,
): Promise<ShapePart> {
  return partOf(afterRev, await readChangesAfter(pool, siteId, { afterRev, limit: changesPerAnswerMax }))
}

/**
 * The changes after a position, or after the head when it is absent; when there are none it waits for the next write, at
 * most 20 s, unless `isLost` says that the position is none of this directory any more.
 */
export async function changesOrWait(
  { pool, notifications }: ChangesOptions,
  siteId: SiteId,
  {
    afterRev,
    signal,
    isLost,
  }: {
    readonly afterRev: number | undefined
    readonly signal: AbortSignal
    readonly isLost: (head: ShapeHead) => boolean
  },
): Promise<ShapePart> {
  let fromRev = afterRev
  const read = async () => {
    const part = partOf(
      fromRev,
      await readChangesAfter(pool, siteId, { afterRev: fromRev, limit: changesPerAnswerMax }),
    )
    fromRev ??= part.rev
    return part
  }
  const wait = { channel: 'directory', payload: siteId, timeoutMs: longPollMs, signal } as const
  const isAnswer = ({ changes, head }: ShapePart) => changes.length > 0 || isLost(head)
  return readOrWait(notifications, wait, { read, isAnswer })
}

function partOf(afterRev: number | undefined, { head, changes }: ShapePicture): ShapePart {
  const rev = changes.at(-1)?.rev ?? afterRev ?? head.rev
  return { head, rev, changes, isUpToDate: changes.length < changesPerAnswerMax }
}
