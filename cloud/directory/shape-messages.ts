import type { ShapeChange } from './shape-store.ts'

/** The `electric-schema` header: PostgreSQL types and the primary key, by which the client parses values. */
export const schemaHeader = JSON.stringify({
  site_id: { type: 'text', pk_index: 0, not_null: true },
  kind: { type: 'text', pk_index: 1, not_null: true },
  key: { type: 'text', pk_index: 2, not_null: true },
  epoch: { type: 'int4', not_null: true },
  rev: { type: 'int8', not_null: true },
  body: { type: 'jsonb' },
  digest: { type: 'text', not_null: true },
})

/** One change as the client expects it: every value as PostgreSQL would print it. */
export function messageText(siteId: string, change: ShapeChange): string {
  const { operation, kind, key, epoch, rev, body, digest } = change
  return JSON.stringify({
    key: `"public"."site_directory"/${[siteId, kind, key].map((part) => `"${part}"`).join('/')}`,
    value: { site_id: siteId, kind, key, epoch: String(epoch), rev: String(rev), body, digest },
    headers: { operation, relation: ['public', 'site_directory'] },
  })
}

/** The end of a batch of server-sent events: names the position, because their headers were sent long before. */
export function upToDateMessage(rev: number): string {
  return JSON.stringify({ headers: { control: 'up-to-date', global_last_seen_lsn: String(rev) } })
}

/** A control message. */
export function controlMessage(control: 'up-to-date' | 'must-refetch'): string {
  return JSON.stringify({ headers: { control } })
}
