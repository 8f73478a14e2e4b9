import { type SharedRoom, sharedRoom } from '@gatehouse/shared/booking/combined'
import { type DirectoryBody, type DirectoryKind, directoryBodies } from '@gatehouse/shared/wire/v1/directory'
import type { Queryable } from '../database/pool.ts'

/** What a site consists of, as its directory says it; keys are the ids of the things. */
export interface SiteCatalogue {
  readonly siteId: string
  readonly operatorName: string | undefined
  readonly site: DirectoryBody<'site'>
  readonly levels: ReadonlyMap<string, DirectoryBody<'level'>>
  readonly spaces: ReadonlyMap<string, DirectoryBody<'space'>>
  /** The spaces again, with what they share. */
  readonly room: SharedRoom
  readonly doors: ReadonlyMap<string, DirectoryBody<'door'>>
  readonly tariffs: ReadonlyMap<string, DirectoryBody<'tariff'>>
  readonly plans: ReadonlyMap<string, DirectoryBody<'plan'>>
}

const kinds = ['site', 'level', 'space', 'door', 'tariff', 'plan'] as const
const cachedMax = 2_000

interface Row {
  readonly kind: (typeof kinds)[number]
  readonly key: string
  readonly body: unknown
}

/** Reads what sites consist of from their directories; parsed once per change of these rows. */
export class SiteCatalogues {
  readonly #db: Queryable
  readonly #cached = new Map<string, { readonly version: string; readonly catalogue: SiteCatalogue }>()

  constructor(db: Queryable) {
    this.#db = db
  }

  /** The ids of all sites that have a site row, in order. */
  async siteIds(): Promise<readonly string[]> {
    const found = await this.#db.query<{ site_id: string }>(
      `SELECT site_id FROM site_directory WHERE kind = 'site' AND body IS NOT NULL ORDER BY site_id`,
    )
    return found.rows.map((row) => row.site_id)
  }

  /** What the site consists of; `undefined` for a site that is not known or not described yet. */
  async find(siteId: string): Promise<SiteCatalogue | undefined> {
    const { version, operatorName } = await this.#version(siteId)
    const known = this.#cached.get(siteId)
    if (known?.version === version) return known.catalogue
    const found = await this.#db.query<Row>(
      `SELECT kind, key, body FROM site_directory
       WHERE site_id = $1 AND kind = ANY ($2) AND body IS NOT NULL ORDER BY key`,
      [siteId, kinds],
    )
    const catalogue = read(siteId, found.rows, operatorName)
    if (catalogue === undefined) return undefined
    if (this.#cached.size >= cachedMax) this.#cached.clear()
    this.#cached.set(siteId, { version, catalogue })
    return catalogue
  }

  // Requests and members change the directory all the time; only the rows read here count.
  async #version(
    siteId: string,
  ): Promise<{ readonly version: string; readonly operatorName: string | undefined }> {
    const found = await this.#db.query<{ version: string; operator: string | null }>(
      `SELECT concat_ws('/', max(epoch), max(rev), count(*)) AS version,
         (SELECT name FROM operators JOIN sites USING (operator_id) WHERE site_id = $1) AS operator
       FROM site_directory WHERE site_id = $1 AND kind = ANY ($2)`,
      [siteId, kinds],
    )
    const { version = '', operator = null } = found.rows[0] ?? {}
    return { version, operatorName: operator ?? undefined }
  }
}

function read(
  siteId: string,
  rows: readonly Row[],
  operatorName: string | undefined,
): SiteCatalogue | undefined {
  const site = bodies(rows, 'site').values().next().value
  if (site === undefined) return undefined
  const spaces = bodies(rows, 'space')
  return {
    siteId,
    operatorName,
    site,
    levels: bodies(rows, 'level'),
    spaces,
    room: sharedRoom(spaces),
    doors: bodies(rows, 'door'),
    tariffs: bodies(rows, 'tariff'),
    plans: bodies(rows, 'plan'),
  }
}

function bodies<K extends DirectoryKind>(rows: readonly Row[], kind: K): Map<string, DirectoryBody<K>> {
  const found = new Map<string, DirectoryBody<K>>()
  for (const row of rows) {
    if (row.kind !== kind) continue
    const parsed = directoryBodies[kind].safeParse(row.body)
    // A row that this version cannot read is left out; the site itself judges its own copy.
    if (parsed.success) found.set(row.key, parsed.data as DirectoryBody<K>)
  }
  return found
}
