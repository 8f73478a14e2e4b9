import { row, type WorldRow } from '../demo/world/rows.ts'

/** A reader on OSDP as one that sends lines, on the line of the others: for tests in which one socket speaks for all. */
export function onLines(each: WorldRow): WorldRow {
  if (!('profile' in each.body) || each.body.profile !== 'generic/osdp-reader') return each
  return row('device', each.key, { ...each.body, profile: 'generic/wiegand-ascii-reader', bus: 'readers-1' })
}
