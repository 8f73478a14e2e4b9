import type { Context } from 'hono'
import type { AppEnv } from './app-context.ts'
import { type CsvValue, csv } from './csv.ts'

/** Answers rows as the file `name`.csv: a column for every field that any of them has. */
export function csvAnswer(context: Context<AppEnv>, name: string, rows: readonly object[]): Response {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  const lines = rows.map((row) => {
    const values = new Map<string, unknown>(Object.entries(row))
    return columns.map((column) => cell(values.get(column)))
  })
  return csvFile(context, name, csv(columns, lines))
}

/** Answers CSV text as the file `name`.csv. */
export function csvFile(context: Context<AppEnv>, name: string, text: string): Response {
  return context.body(text, 200, {
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': `attachment; filename="${name}.csv"`,
  })
}

function cell(value: unknown): CsvValue {
  if (value === undefined || value === null) return null
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  return JSON.stringify(value)
}
