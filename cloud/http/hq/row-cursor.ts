/** The place of a row in an order by time, newest first; the rest of the key makes it unique. */
export interface RowCursor {
  /** Only where open ones come first. */
  readonly isOpen?: boolean
  readonly atMs: number
  readonly siteId: string
  readonly incarnation: number
  readonly seq: number
}

/** What a cursor looks like: opaque to callers, and bounded so that every part fits its column. */
export const cursorPattern = /^([01]\.)?\d{1,15}\.\d{1,9}\.\d{1,15}\.[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/

/** Writes the cursor of a row. */
export function writeCursor({ isOpen, atMs, siteId, incarnation, seq }: RowCursor): string {
  const first = isOpen === undefined ? [] : [isOpen ? 1 : 0]
  return [...first, atMs, incarnation, seq, siteId].join('.')
}

/** Reads a cursor that matches `cursorPattern`; `withOpen` says whether open ones come first in this order. */
export function readCursor(text: string, withOpen: boolean): RowCursor | undefined {
  const parts = text.split('.')
  const open = withOpen ? parts.shift() : undefined
  if (withOpen && open !== '0' && open !== '1') return undefined
  const [atMs, incarnation, seq] = parts.splice(0, 3).map(Number)
  const siteId = parts.join('.')
  if (atMs === undefined || incarnation === undefined || seq === undefined) return undefined
  if (siteId === '' || [atMs, incarnation, seq].some((one) => !Number.isSafeInteger(one))) return undefined
  return { ...(withOpen ? { isOpen: open === '1' } : {}), atMs, siteId, incarnation, seq }
}
