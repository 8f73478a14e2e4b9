import { z } from 'zod'

/** What a backup says about itself; the last file written into it. */
export const manifestFile = 'manifest.json'

/** Names of tables and columns as they stand in SQL and in file names; nothing else is believed. */
const identifier = z.string().regex(/^[a-z][a-z0-9_]{0,62}$/)
const sha256 = z.string().regex(/^[0-9a-f]{64}$/)

const tableSchema = z.object({
  name: identifier,
  columns: z.array(identifier).min(1),
  rows: z.int().min(0),
  /** Of the compressed file. */
  bytes: z.int().min(1),
  sha256,
})

export const manifestSchema = z.object({
  format: z.literal('gatehouse-cloud-backup'),
  formatVersion: z.literal(1),
  /** The program that made it. */
  version: z.string(),
  madeMs: z.int(),
  /** Of the promises inside; a restored cloud begins a new one. */
  epoch: z.int().min(0),
  /** The schema as it was: names and digests of its migrations, in order. */
  migrations: z.array(z.object({ name: z.string(), digest: sha256 })).min(1),
  /** Ordered so that a table comes after those it refers to. */
  tables: z.array(tableSchema),
  /** Where counters stood, by table and column. */
  sequences: z.array(z.object({ table: identifier, column: identifier, last: z.int() })),
})
export type Manifest = z.infer<typeof manifestSchema>
export type BackedUpTable = Manifest['tables'][number]

/** The file of a table inside a backup: `COPY` text, gzip. */
export function tableFile(table: string): string {
  return `${table}.copy.gz`
}
