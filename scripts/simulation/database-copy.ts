import type { SimulatedPool } from './simulated-pool.ts'

interface Table {
  readonly name: string
  /** Quoted columns that are stored, in order; generated ones are left out. */
  readonly columns: string
}

/** Copies of a whole database inside it, each in a schema of its own: quick to take, quick to put back. */
export class DatabaseCopies {
  readonly #pool: SimulatedPool
  readonly #tables: readonly Table[]
  readonly #identities: readonly { readonly table: string; readonly column: string }[]

  private constructor(
    pool: SimulatedPool,
    tables: readonly Table[],
    identities: readonly { readonly table: string; readonly column: string }[],
  ) {
    this.#pool = pool
    this.#tables = tables
    this.#identities = identities
  }

  static async of(pool: SimulatedPool): Promise<DatabaseCopies> {
    const tables = await pool.inspect<Table>(
      `SELECT c.relname AS name, string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) AS columns
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
       JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
       WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname <> 'schema_migrations'
       GROUP BY c.relname ORDER BY c.relname`,
    )
    const identities = await pool.inspect<{ table: string; column: string }>(
      `SELECT c.relname AS table, a.attname AS column FROM pg_class c
       JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
       JOIN pg_attribute a ON a.attrelid = c.oid AND a.attidentity <> '' WHERE c.relkind = 'r'`,
    )
    return new DatabaseCopies(pool, tables, identities)
  }

  /** Makes room for a copy under a name. */
  async prepare(copy: string): Promise<void> {
    const tables = this.#tables.map(
      ({ name, columns }) =>
        `CREATE TABLE ${copy}.${name} AS SELECT ${columns} FROM public.${name} WITH NO DATA`,
    )
    await this.#pool.inspect([`CREATE SCHEMA ${copy}`, ...tables].join(';'))
  }

  /** Copies every table as it is now. */
  async take(copy: string): Promise<void> {
    const statements = this.#tables.flatMap(({ name, columns }) => [
      `DELETE FROM ${copy}.${name}`,
      `INSERT INTO ${copy}.${name} (${columns}) SELECT ${columns} FROM public.${name}`,
    ])
    await this.#pool.inspect(statements.join(';'))
  }

  /** Puts every table back as it was copied. */
  async put(copy: string): Promise<void> {
    const names = this.#tables.map(({ name }) => `public.${name}`).join(', ')
    const fill = this.#tables.map(
      ({ name, columns }) =>
        `INSERT INTO public.${name} (${columns}) OVERRIDING SYSTEM VALUE SELECT ${columns} FROM ${copy}.${name}`,
    )
    const count = this.#identities.map(
      ({ table, column }) =>
        `SELECT setval(pg_get_serial_sequence('${table}', '${column}'),
           (SELECT coalesce(max(${column}), 0) + 1 FROM public.${table}), false)`,
    )
    // Append-only tables refuse to be emptied; here the whole database is another one.
    await this.#pool.inspect(
      ['SET session_replication_role = replica', `TRUNCATE ${names}`, ...fill, ...count]
        .concat('SET session_replication_role = DEFAULT')
        .join(';'),
    )
  }
}
