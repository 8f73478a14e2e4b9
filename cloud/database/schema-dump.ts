import type { Queryable } from './pool.ts'

/**
 * Describes the schema `public` as SQL-like text in a stable order: one line per column, constraint, index,
 * policy and view, so that each schema change shows in a diff. It is read by people, not executed.
 */
export async function dumpSchema(db: Queryable): Promise<string> {
  const { rows } = await db.query<{ name: string; line: string }>(query)
  const parts = new Map<string, string[]>()
  for (const { name, line } of rows) parts.set(name, [...(parts.get(name) ?? []), `  ${line}`])
  return [...parts].map(([name, lines]) => `${name}\n${lines.join('\n')}\n`).join('\n')
}

const query = `
  WITH relations AS (
    SELECT c.oid, c.relkind, c.relispartition, c.relrowsecurity,
      CASE c.relkind WHEN 'v' THEN 'VIEW ' ELSE 'TABLE ' END || c.relname AS name
    FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v') AND NOT c.relispartition
      AND c.relname <> 'schema_migrations'
  ), lines AS (
    SELECT r.name, 1 AS part, a.attnum::int AS place,
      a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
        || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END
        || CASE WHEN a.attidentity <> '' THEN ' GENERATED AS IDENTITY'
             WHEN d.oid IS NULL THEN ''
             WHEN a.attgenerated <> '' THEN ' GENERATED ALWAYS AS (' || pg_get_expr(d.adbin, d.adrelid) || ')'
             ELSE ' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid) END AS line
    FROM relations r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    UNION ALL
    SELECT r.name, 2, 0, 'CONSTRAINT ' || c.conname || ' ' || pg_get_constraintdef(c.oid)
    FROM relations r JOIN pg_constraint c ON c.conrelid = r.oid AND c.contype <> 'n'
    UNION ALL
    SELECT r.name, 3, 0, pg_get_indexdef(i.indexrelid)
    FROM relations r JOIN pg_index i ON i.indrelid = r.oid
    WHERE NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)
    UNION ALL
    SELECT r.name, 4, 0, 'PARTITION BY ' || pg_get_partkeydef(r.oid) FROM relations r WHERE r.relkind = 'p'
    UNION ALL
    SELECT r.name, 5, 0, 'ROW LEVEL SECURITY' FROM relations r WHERE r.relrowsecurity
    UNION ALL
    SELECT r.name, 6, 0, 'POLICY ' || p.polname || ' USING ' || pg_get_expr(p.polqual, p.polrelid)
    FROM relations r JOIN pg_policy p ON p.polrelid = r.oid
    UNION ALL
    SELECT r.name, 7, 0, pg_get_viewdef(r.oid) FROM relations r WHERE r.relkind = 'v'
    UNION ALL
    SELECT r.name, 8, 0, pg_get_triggerdef(t.oid)
    FROM relations r JOIN pg_trigger t ON t.tgrelid = r.oid AND NOT t.tgisinternal
  )
  SELECT name, regexp_replace(line, '\\s+', ' ', 'g') AS line FROM lines
  ORDER BY name COLLATE "C", part, place, line COLLATE "C"`
