import { join } from 'node:path'
import type { Logger } from 'pino'
import type { SiteDatabase } from '../ledger/database.ts'
import type { DiskReserve } from '../ledger/disk-reserve.ts'
import type { Kernel } from '../ledger/kernel.ts'
import { storageFailure } from '../ledger/storage-state.ts'
import { lastGoodFile, writeLastGood } from './last-good.ts'

export interface StoreCareOptions {
  readonly kernel: Kernel
  readonly reserve: DiskReserve
  readonly dataFolder: string
  readonly logger: Logger
  /** False while the ledger is moved aside: the last good copy then stays as it is. */
  readonly keepsCopy: boolean
  /** Hears every failure of the store, wherever it was met. */
  readonly onFailure: (error: unknown) => void
}

/** Pages of the write-ahead log before it is moved into the store: usually, and while only the reserve is left. */
const checkpointPages = { usual: 2_000, reserved: 200 }

/** Portions of old receipts dropped in one go at most. */
const portionsMax = 20

/** Gives the reserve back and keeps the write-ahead log small, so that the room goes to entries. */
export function releaseReserve(db: SiteDatabase, reserve: DiskReserve): void {
  reserve.release()
  db.pragma(`wal_autocheckpoint = ${checkpointPages.reserved}`)
  try {
    db.pragma('wal_checkpoint(TRUNCATE)')
  } catch {
    // The log stays as long as it is; the next commits show whether there is room.
  }
}

/** What a site does about its store from time to time: recover from a full disk, refresh the last good copy. */
export class StoreCare {
  readonly #options: StoreCareOptions

  constructor(options: StoreCareOptions) {
    this.#options = options
    // A site that started on a full disk has to be as careful as one whose disk filled up.
    if (options.kernel.storage === 'reserved') this.#checkpointAfter(checkpointPages.reserved)
  }

  /** Sells again once the disk has room for the reserve. Tells whether all commands are taken. */
  checkStorage(): boolean {
    const { kernel, reserve, logger } = this.#options
    if (kernel.storage !== 'reserved') return true
    if (!reserve.restore()) return false
    this.#checkpointAfter(checkpointPages.usual)
    kernel.storageRestored()
    logger.warn('the disk has room again: selling goes on')
    return true
  }

  /** Refreshes the copy from which doors and exits go on when the ledger is damaged. */
  refreshCopy(): void {
    const { kernel, dataFolder, keepsCopy, onFailure, logger } = this.#options
    if (!keepsCopy || kernel.storage !== 'open') return
    try {
      writeLastGood(kernel.db, kernel.incarnation, join(dataFolder, lastGoodFile))
    } catch (error) {
      logger.warn({ error }, 'the last good copy could not be refreshed; the one before stays')
      onFailure(error)
    }
  }

  /** Forgets receipts that nobody repeats any more; asks again while a full portion was dropped. */
  async pruneReceipts(atMs: number): Promise<void> {
    const { kernel } = this.#options
    for (let portion = 0; portion < portionsMax; portion += 1) {
      const key = `prune-${atMs}-${portion}`
      const outcome = await kernel.submit({ kind: 'pruneReceipts', caller: 'system', key, input: {} })
      if (!outcome.ok || outcome.value === 0) return
    }
  }

  #checkpointAfter(pages: number): void {
    this.#options.kernel.db.pragma(`wal_autocheckpoint = ${pages}`)
  }
}

/** Calls `onDamaged` once, at the first failure that says that the store is damaged. */
export function damageWatch(onDamaged: (why: string) => void): (error: unknown) => void {
  let told = false
  return (error) => {
    if (told || storageFailure(error) !== 'damaged') return
    told = true
    onDamaged(error instanceof Error ? error.message : 'damaged')
  }
}
