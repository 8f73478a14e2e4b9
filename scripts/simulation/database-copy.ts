import type { SimulatedPool } from './simulated-pool.ts'

interface Table {
  readonly name: string
  /** Quoted columns that are stored, in order; generated ones are left out. */
  readonly columns: string
}

/** Copies of a whole database inside it: quick to take, quick to put back. */
export class DatabaseCopies {
  readonly #pool: SimulatedPool
  readonly #tables: readonly Table[]
  readonly #identities: readonly { readonly table: string; readonly column: string }[]
  /** Tables of each copy that can hold rows. */
  readonly #filled = new Map<string, readonly Table[]>()

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

  /** Makes room for copies. */
  async prepare(): Promise<void> {
    await this.#pool.inspect(
      `CREATE SCHEMA simulation; CREATE TABLE simulation.copies (copy text, name text, rows text)`,
    )
  }

  /** Copies every table as it is now, each as one value, with its rows in the order in which they lie. */
  async take(copy: string): Promise<void> {
    const written = await this.#written()
    this.#filled.set(copy, written)
    const fill = written.map(
      ({ name }) =>
        `INSERT INTO simulation.copies SELECT '${copy}', '${name}', array_agg(x)::text FROM public.${name} x`,
    )
    await this.#pool.inspect([`DELETE FROM simulation.copies WHERE copy = '${copy}'`, ...fill].join(';'))
  }

  /**
   * Empties every table as if it had just been made. What refers to a table is emptied with it, as PostgreSQL wants.
   * Dear: whatever was planned for these tables has to be planned again.
   */
  async empty(): Promise<void> {
    const names = (await this.#written()).map(({ name }) => `public.${name}`)
    if (names.length > 0) await this.#asOwner([`TRUNCATE ${names.join(', ')} CASCADE`])
  }

  /** Puts every table back as it was copied. */
  async put(copy: string): Promise<void> {
    const remove = (await this.#written()).map(({ name }) => `DELETE FROM public.${name}`)
    const fill = (this.#filled.get(copy) ?? []).map(
      ({ name, columns }) =>
        `INSERT INTO public.${name} (${columns}) OVERRIDING SYSTEM VALUE
         SELECT ${columns} FROM unnest((SELECT rows::public.${name}[] FROM simulation.copies
           WHERE copy = '${copy}' AND name = '${name}')) AS kept`,
    )
    const count = this.#identities.map(
      ({ table, column }) =>
        `SELECT setval(pg_get_serial_sequence('${table}', '${column}'),
           (SELECT coalesce(max(${column}), 0) + 1 FROM public.${table}), false)`,
    )
    await this.#asOwner([...remove, ...fill, ...count])
  }

  /** Append-only tables refuse to be emptied; here the whole database is another one. */
  async #asOwner(statements: readonly string[]): Promise<void> {
    const [begin, end] = ['SET session_replication_role = replica', 'SET session_replication_role = DEFAULT']
    await this.#pool.inspect([begin, ...statements, end].join(';'))
  }

  /** Tables that anything was written to since they were last emptied; the others have nothing to lose. */
  async #written(): Promise<readonly Table[]> {
    const rows = await this.#pool.inspect<{ name: string }>(
      `SELECT DISTINCT coalesce(pg_partition_root(c.oid), c.oid)::regclass::text AS name
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
       WHERE c.relkind = 'r' AND pg_relation_size(c.oid) > 0`,
    )
    const names = new Set(rows.map(({ name }) => name))
    return this.#tables.filter(({ name }) => names.has(name))
  }
}
