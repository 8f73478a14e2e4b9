import { Temporal } from 'temporal-polyfill'

/** A stretch `[fromMs, toMs)` of instants in which a zone's offset from UTC does not change. */
export interface OffsetSpan {
  readonly fromMs: number
  readonly toMs: number
  /** Local wall time minus UTC, milliseconds. */
  readonly offsetMs: number
}

const spansMax = 256
const zonesMax = 64

// Offsets are a pure function of zone, instant and the tzdata of this process; remembering
// them keeps Temporal objects out of the pricing loop.
const spansByZone = new Map<string, OffsetSpan[]>()

/** Tells whether this process knows an IANA zone by that name. */
export function isTimeZone(timeZone: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(timeZone)
    return true
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}

/** The stretch of equal offset that holds an instant (epoch ms). The zone must be known (`isTimeZone`). */
export function offsetSpanAt(timeZone: string, atMs: number): OffsetSpan {
  const spans = spansOf(timeZone)
  for (let index = spans.length - 1; index >= 0; index -= 1) {
    const span = spans[index]
    if (span && span.fromMs <= atMs && atMs < span.toMs) return span
  }
  const span = computeSpan(timeZone, atMs)
  if (spans.length >= spansMax) spans.length = 0
  spans.push(span)
  return span
}

/** Local wall time minus UTC at an instant, milliseconds. */
export function offsetAt(timeZone: string, atMs: number): number {
  return offsetSpanAt(timeZone, atMs).offsetMs
}

function spansOf(timeZone: string): OffsetSpan[] {
  const known = spansByZone.get(timeZone)
  if (known) return known
  if (spansByZone.size >= zonesMax) spansByZone.clear()
  const spans: OffsetSpan[] = []
  spansByZone.set(timeZone, spans)
  return spans
}

function computeSpan(timeZone: string, atMs: number): OffsetSpan {
  const zoned = Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(timeZone)
  const next = zoned.getTimeZoneTransition('next')
  // `previous` is strictly earlier, so ask from just after the instant.
  const previous = zoned.add({ milliseconds: 1 }).getTimeZoneTransition('previous')
  return {
    fromMs: previous?.epochMilliseconds ?? Number.NEGATIVE_INFINITY,
    toMs: next?.epochMilliseconds ?? Number.POSITIVE_INFINITY,
    offsetMs: zoned.offsetNanoseconds / 1_000_000,
  }
}
