const compact = /^(\d{4})(\d\d)(\d\d) (\d\d)(\d\d)(\d\d)(\d{3})(?:([+-])(\d\d)(\d\d))?$/

/** Reads when a camera took a picture, epoch milliseconds; undefined when the text is no moment. */
export function readMoment(
  text: string,
  as: 'iso' | 'compact' | 'epochMs' | 'epochSeconds',
): number | undefined {
  if (as === 'iso' || as === 'compact') return finite(Date.parse(as === 'iso' ? text : expanded(text)))
  const number = text.trim() === '' ? Number.NaN : Number(text)
  return finite(as === 'epochMs' ? number : Math.round(number * 1000))
}

function expanded(text: string): string {
  const [, year, month, day, hour, minute, second, milli, sign, ...offset] = compact.exec(text) ?? []
  if (year === undefined) return ''
  const zone = sign === undefined ? 'Z' : `${sign}${offset[0]}:${offset[1]}`
  return `${year}-${month}-${day}T${hour}:${minute}:${second}.${milli}${zone}`
}

function finite(ms: number): number | undefined {
  return Number.isFinite(ms) && Math.abs(ms) < 8.64e15 ? ms : undefined
}
