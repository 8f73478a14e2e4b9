import type { SiteId } from '@gatehouse/shared/ids/ids'
import { type DirectoryBody, type DirectoryKind, directoryBodies } from '@gatehouse/shared/wire/v1/directory'
import type { SiteDatabase } from '../ledger/database.ts'
import { statement } from '../ledger/statements.ts'

/** Refused rows that are kept by name. */
const refusedNamedMax = 20

/** Which rows an applied change touched. */
export interface DirectoryChange {
  readonly kind: string
  readonly key: string
}

/** What modules may ask of the directory: always the last applied, complete copy, also offline. */
export interface DirectoryReader {
  readonly siteId: SiteId
  /** The site's own row; `undefined` until the first copy has arrived. */
  site(): DirectoryBody<'site'> | undefined
  get<K extends DirectoryKind>(kind: K, key: string): DirectoryBody<K> | undefined
  all<K extends DirectoryKind>(kind: K): ReadonlyMap<string, DirectoryBody<K>>
  /** The credential whose keyed digest is `digest`, with its key. */
  credentialByDigest(
    digest: string,
  ): { readonly key: string; readonly body: DirectoryBody<'credential'> } | undefined
  /** Calls `listener` after each applied change. Returns a function that stops it. */
  onChange(listener: (changes: readonly DirectoryChange[]) => void): () => void
}

/** A verified row as it is applied; `body` null removes it. */
export interface AppliedRow extends DirectoryChange {
  readonly epoch: number
  readonly rev: number
  readonly body: Readonly<Record<string, unknown>> | null
}

/**
 * Where the shape stands; `handle` and `offset` are the shape protocol's. `rev` is what this site was told: the last row
 * that it applied, or further when what came after that row was refused.
 */
export interface DirectoryPosition {
  readonly epoch: number
  readonly rev: number
  readonly handle: string | undefined
  readonly offset: string
}

/** Carries out what rows bind. */
export interface RowBinding {
  /**
   * Carries out in portions what is too much for one transaction, with doors served in between; until `signal` is aborted.
   * What was carried out is passed over when the rows come again.
   */
  prepare(rows: readonly AppliedRow[], signal: AbortSignal): Promise<void>
  /** Carries out the rest, then stores the rows with their position: both in one transaction, or neither. */
  carryOut(rows: readonly AppliedRow[], store: () => void): void
}

/** A row that was refused, and why: `wrong_digest`, `older_position`, `unreadable`. */
export interface RefusedRow extends DirectoryChange {
  readonly code: string
}

interface StoredRow extends DirectoryChange {
  readonly body: string
}

/** The edge's copy of the directory: durable in SQLite, parsed once, read from memory. */
export class Directory implements DirectoryReader {
  readonly siteId: SiteId
  readonly #db: SiteDatabase
  readonly #kinds = new Map<DirectoryKind, Map<string, unknown>>()
  readonly #credentials = new Map<string, string>()
  readonly #listeners = new Set<(changes: readonly DirectoryChange[]) => void>()
  #binding: RowBinding = {
    prepare: async () => {},
    carryOut: (_rows, store) => this.#db.transaction(store)(),
  }
  /** Rows this version cannot read: kept in the store, reported, never in the way. */
  readonly unreadable = new Map<string, DirectoryChange>()
  /** Rows that were refused and did not come right since, the first of them, by `kind/key`. */
  readonly refused = new Map<string, RefusedRow>()

  constructor(db: SiteDatabase, siteId: SiteId) {
    this.#db = db
    this.siteId = siteId
    this.#load()
  }

  site(): DirectoryBody<'site'> | undefined {
    return this.get('site', this.siteId)
  }

  get<K extends DirectoryKind>(kind: K, key: string): DirectoryBody<K> | undefined {
    return this.all(kind).get(key)
  }

  all<K extends DirectoryKind>(kind: K): ReadonlyMap<string, DirectoryBody<K>> {
    // `#remember` parsed each body with the schema of the kind it is stored under.
    return this.#rowsOf(kind) as ReadonlyMap<string, DirectoryBody<K>>
  }

  credentialByDigest(digest: string): { key: string; body: DirectoryBody<'credential'> } | undefined {
    const key = this.#credentials.get(digest)
    const body = key === undefined ? undefined : this.get('credential', key)
    return key !== undefined && body ? { key, body } : undefined
  }

  onChange(listener: (changes: readonly DirectoryChange[]) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** The stored position, or the start of the shape. */
  position(): DirectoryPosition {
    const row = statement<{ epoch: number; rev: number; handle: string | null; shape_offset: string }>(
      this.#db,
      'SELECT epoch, rev, handle, shape_offset FROM directory_position',
    ).get()
    if (!row) return { epoch: 0, rev: 0, handle: undefined, offset: '-1' }
    const { epoch, handle, shape_offset: offset } = row
    return { epoch, rev: Math.max(row.rev, revOf(offset)), handle: handle ?? undefined, offset }
  }

  /** Lets rows that bind the site be carried out in the transaction that stores them. */
  bind(binding: RowBinding): void {
    this.#binding = binding
  }

  /** Carries out what many rows bind, portion by portion, before `apply` stores them; the copy in force stays the old one. */
  prepare(rows: readonly AppliedRow[], signal: AbortSignal): Promise<void> {
    return this.#binding.prepare(rows, signal)
  }

  /** Applies rows and their position in one transaction. `replace` swaps the whole copy (after a refetch). */
  apply(rows: readonly AppliedRow[], position: DirectoryPosition, replace: boolean): void {
    this.#binding.carryOut(rows, () => {
      if (replace) this.#db.exec('DELETE FROM directory')
      for (const row of rows) this.#store(row)
      statement(
        this.#db,
        `INSERT INTO directory_position (one, epoch, rev, handle, shape_offset) VALUES (1, ?, ?, ?, ?)
         ON CONFLICT (one) DO UPDATE SET epoch = excluded.epoch, rev = excluded.rev,
           handle = excluded.handle, shape_offset = excluded.shape_offset`,
      ).run(position.epoch, position.rev, position.handle ?? null, position.offset)
    })
    const changes = replace ? this.#replaceMemory(rows) : rows
    if (!replace) for (const row of rows) this.#remember(row, row.body)
    if (changes.length > 0) for (const listener of this.#listeners) listener(changes)
  }

  /** Notes rows that were refused, as long as there is room for their names. */
  noteRefused(rows: Iterable<RefusedRow>): void {
    for (const row of rows) {
      const name = `${row.kind}/${row.key}`
      if (this.refused.size < refusedNamedMax || this.refused.has(name)) this.refused.set(name, row)
    }
  }

  /** The row in force, as it was applied; `undefined` where there is none. */
  applied({ kind, key }: DirectoryChange): AppliedRow | undefined {
    const row = statement<StoredRow & { epoch: number; rev: number }>(
      this.#db,
      'SELECT kind, key, epoch, rev, body FROM directory WHERE kind = ? AND key = ?',
    ).get(kind, key)
    return row && { ...row, body: JSON.parse(row.body) }
  }

  #store(row: AppliedRow): void {
    if (row.body === null) {
      statement(this.#db, 'DELETE FROM directory WHERE kind = ? AND key = ?').run(row.kind, row.key)
      return
    }
    statement(
      this.#db,
      'INSERT OR REPLACE INTO directory (kind, key, epoch, rev, body) VALUES (?, ?, ?, ?, ?)',
    ).run(row.kind, row.key, row.epoch, row.rev, JSON.stringify(row.body))
  }

  #load(): void {
    for (const row of statement<StoredRow>(this.#db, 'SELECT kind, key, body FROM directory').iterate()) {
      this.#remember(row, JSON.parse(row.body))
    }
  }

  #replaceMemory(rows: readonly AppliedRow[]): readonly DirectoryChange[] {
    const gone = [...this.#kinds].flatMap(([kind, byKey]) => [...byKey.keys()].map((key) => ({ kind, key })))
    this.#kinds.clear()
    this.#credentials.clear()
    this.unreadable.clear()
    this.refused.clear()
    for (const row of rows) this.#remember(row, row.body)
    return [...gone, ...rows]
  }

  #remember({ kind, key }: DirectoryChange, body: unknown): void {
    const name = `${kind}/${key}`
    this.unreadable.delete(name)
    this.refused.delete(name)
    if (!isKnownKind(kind)) {
      if (body !== null) this.unreadable.set(name, { kind, key })
      return
    }
    this.#forget(kind, key)
    if (body === null) return
    const parsed = directoryBodies[kind].safeParse(body)
    if (!parsed.success) {
      this.unreadable.set(name, { kind, key })
      return
    }
    this.#rowsOf(kind).set(key, parsed.data)
    if (kind === 'credential') this.#credentials.set((parsed.data as DirectoryBody<'credential'>).digest, key)
  }

  #forget(kind: DirectoryKind, key: string): void {
    if (kind === 'credential') {
      const old = this.get('credential', key)
      if (old) this.#credentials.delete(old.digest)
    }
    this.#rowsOf(kind).delete(key)
  }

  #rowsOf(kind: DirectoryKind): Map<string, unknown> {
    let byKey = this.#kinds.get(kind)
    if (!byKey) {
      byKey = new Map()
      this.#kinds.set(kind, byKey)
    }
    return byKey
  }
}

/** The position in the cloud's log that an offset of the shape names, `rev_n`; 0 for one that names none. */
export function revOf(offset: string): number {
  const rev = /^(\d{1,15})_\d/.exec(offset)?.[1]
  return rev === undefined ? 0 : Number(rev)
}

function isKnownKind(kind: string): kind is DirectoryKind {
  return Object.hasOwn(directoryBodies, kind)
}
