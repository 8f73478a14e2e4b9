import type { Statement } from 'better-sqlite3'
import type { SiteDatabase } from './database.ts'

const prepared = new WeakMap<SiteDatabase, Map<string, Statement<unknown[], unknown>>>()

/** Prepares `text` once per database and returns it; rows come back as `Row`. Pass constant SQL only. */
export function statement<Row = unknown>(db: SiteDatabase, text: string): Statement<unknown[], Row> {
  let byText = prepared.get(db)
  if (!byText) {
    byText = new Map()
    prepared.set(db, byText)
  }
  let found = byText.get(text)
  if (!found) {
    found = db.prepare<unknown[], unknown>(text)
    byText.set(text, found)
  }
  return found as Statement<unknown[], Row>
}
