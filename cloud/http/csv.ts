// A spreadsheet runs a cell that starts like this as a formula (OWASP, CSV Injection).
const formulaStart = /^[=+\-@\t\r]/
const mustQuote = /[",\r\n]/

/** One value of a table; numbers are written as they are. */
export type CsvValue = string | number | boolean | null | undefined

/** Writes RFC 4180 text with CRLF; text that a spreadsheet would run as a formula gets a leading apostrophe. */
export function csv(columns: readonly string[], rows: Iterable<readonly CsvValue[]>): string {
  const lines = [columns.map(cell).join(',')]
  for (const row of rows) lines.push(row.map(cell).join(','))
  return `${lines.join('\r\n')}\r\n`
}

function cell(value: CsvValue): string {
  if (value === null || value === undefined) return ''
  if (typeof value !== 'string') return String(value)
  const safe = formulaStart.test(value) ? `'${value}` : value
  return mustQuote.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
