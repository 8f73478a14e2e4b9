import type { Queryable } from '../database/pool.ts'

/** A table as a backup has to treat it: generated columns are computed again, partitions belong to their parent. */
export interface TableFacts {
  readonly name: string
  readonly columns: readonly string[]
  /** Other tables that its foreign keys name. */
  readonly refersTo: readonly string[]
}

/** The migrations themselves travel in the manifest. */
const migrationsTable = 'schema_migrations'

/** Every table of the schema `public` in an order in which they can be filled. */
export async function readTables(db: Queryable): Promise<readonly TableFacts[]> {
  const { rows } = await db.query<TableFacts>(
    `SELECT c.relname::text AS name,
       ARRAY(SELECT a.attname::text FROM pg_attribute a
             WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
             ORDER BY a.attnum) AS columns,
       ARRAY(SELECT DISTINCT f.relname::text FROM pg_constraint k JOIN pg_class f ON f.oid = k.confrelid
             WHERE k.conrelid = c.oid AND k.contype = 'f' AND f.oid <> c.oid) AS "refersTo"
     FROM pg_class c
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
       AND c.relname <> $1
     ORDER BY c.relname`,
    [migrationsTable],
  )
  return inFillingOrder(rows)
}

/** Puts each table after those it refers to; tables of a circle keep their order at the end. */
export function inFillingOrder(tables: readonly TableFacts[]): readonly TableFacts[] {
  const placed = new Set<string>()
  const ordered: TableFacts[] = []
  let waiting = [...tables]
  while (waiting.length > 0) {
    const ready = waiting.filter(({ refersTo }) => refersTo.every((name) => placed.has(name)))
    const next = ready.length > 0 ? ready : waiting
    for (const table of next) placed.add(table.name)
    ordered.push(...next)
    waiting = waiting.filter((table) => !next.includes(table))
  }
  return ordered
}

interface SequenceFacts {
  readonly table: string
  readonly column: string
  readonly sequence: string
}

/** The counters behind identity columns. */
export async function readSequences(db: Queryable): Promise<readonly SequenceFacts[]> {
  const { rows } = await db.query<SequenceFacts>(
    `SELECT c.relname::text AS table, a.attname::text AS column,
       pg_get_serial_sequence(quote_ident(c.relname), a.attname) AS sequence
     FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
       AND a.attidentity <> '' ORDER BY 1, 2`,
  )
  return rows
}

/** Migrations that a database has, in order; none when it is not one of ours. */
export async function readMigrationsOf(db: Queryable): Promise<{ name: string; digest: string }[]> {
  const { rows: found } = await db.query<{ known: boolean }>(
    `SELECT to_regclass('public.${migrationsTable}') IS NOT NULL AS known`,
  )
  if (found[0]?.known !== true) return []
  const { rows } = await db.query<{ name: string; digest: string }>(
    `SELECT name, digest FROM ${migrationsTable} ORDER BY name`,
  )
  return rows
}
