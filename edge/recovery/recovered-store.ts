import { rmSync } from 'node:fs'
import type { SealedEntry } from '@gatehouse/shared/ledger/chain'
import type { Random } from '@gatehouse/shared/random/random'
import { parseEvent } from '@gatehouse/shared/wire/v1/entries'
import type { LedgerModule, Projections } from '../ledger/command.ts'
import { openDatabase, type SiteDatabase } from '../ledger/database.ts'
import { ledgerModule } from '../ledger/ledger-module.ts'
import { applyEntry } from '../ledger/projection.ts'
import { statement } from '../ledger/statements.ts'
import { replayModules } from '../site/replay-modules.ts'
import { claimStoreFormat } from '../site/store-format.ts'
import type { SiteIdentity } from '../sync/site-identity.ts'
import { syncTablesSql } from '../sync/tables.ts'

export interface RecoveredStoreOptions {
  readonly path: string
  readonly dataFolder: string
  readonly random: Random
  readonly identity: SiteIdentity
}

/** A store that is made anew from entries, beside the one in use or where there is none. */
export class RecoveredStore {
  readonly db: SiteDatabase
  readonly modules: readonly LedgerModule[]
  readonly projections: readonly Projections[]
  #entries = 0

  /** Begins anew: what an interrupted recovery left under this name is gone. */
  constructor({ path, dataFolder, random, identity }: RecoveredStoreOptions) {
    for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(`${path}${suffix}`, { force: true })
    this.db = openDatabase({ path, locking: 'exclusive' })
    claimStoreFormat(this.db)
    this.db.exec(syncTablesSql)
    this.modules = [ledgerModule, ...replayModules({ dataFolder, random }, this.db, identity)]
    for (const module of this.modules) this.db.exec(module.tablesSql)
    this.projections = this.modules.map(({ projections }) => projections)
  }

  /** How many entries came from the cloud. */
  get entries(): number {
    return this.#entries
  }

  /** Stores entries in order and applies them, as `rebuild` does; one sync for all of them. */
  add(entries: readonly SealedEntry[]): void {
    this.db.transaction(() => {
      for (const sealed of entries) this.#addOne(sealed)
    })()
    this.#entries += entries.length
  }

  #addOne({ entry, text, hash }: SealedEntry): void {
    const { incarnation, seq, type, commandId, at } = entry
    statement(this.db, 'INSERT INTO entries (incarnation, seq, hash, type, text) VALUES (?, ?, ?, ?, ?)').run(
      ...[incarnation, seq, hash, type, text],
    )
    // A caller that repeats this command is not given a second outcome.
    statement(this.db, 'INSERT OR IGNORE INTO answered_commands (command_id, wall_ms) VALUES (?, ?)').run(
      ...[commandId, at.wallMs],
    )
    const event = parseEvent(entry)
    if (event) applyEntry(this.db, this.projections, event, entry)
  }

  close(): void {
    this.db.close()
  }
}
