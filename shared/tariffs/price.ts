import { minuteMs } from '../calendar/civil.ts'
import type { TariffId } from '../ids/ids.ts'
import { containedTax } from '../money/money.ts'
import type { Price, PriceLine } from '../wire/v1/entries.ts'
import { type Band, type BandRun, bandRuns } from './band-run.ts'
import type { Tariff } from './tariff.ts'

const capWindowMs = 24 * 60 * minuteMs

/** A stay `[fromMs, toMs)` to price: epoch ms, the site's zone, and the tzdata version its offsets come from. */
export interface PricedStay {
  readonly tariffId: TariffId
  readonly tariff: Tariff
  readonly fromMs: number
  readonly toMs: number
  readonly timeZone: string
  readonly tzdataVersion: string
}

/** Equal units charged one after another: the first starts at `fromMs`, the last before `toMs`. */
interface UnitRow {
  readonly band: Band
  readonly stepIndex: number
  readonly amountMinor: number
  readonly unitMs: number
  readonly fromMs: number
  readonly toMs: number
}

/**
 * Prices a stay: each run of one band is charged by its steps, per started unit; the sum of the units that
 * start within each 24 h counted from `fromMs` is capped; a stay that ends within the free minutes (inclusive)
 * costs nothing. Amounts are minor units with tax included; the lines add up to the total (RULES, Parking).
 */
export function priceStay(stay: PricedStay): Price {
  const lengthMs = stay.toMs - stay.fromMs
  if (!(lengthMs >= 0)) throw new RangeError('a stay ends at or after its start')
  if (lengthMs <= stay.tariff.freeMinutes * minuteMs) {
    const minutes = Math.ceil(lengthMs / minuteMs)
    return priceOf(stay, [{ code: 'free_minutes', label: 'Free minutes', quantity: minutes, amountMinor: 0 }])
  }
  const rows = bandRuns(stay).flatMap(unitRows)
  const lines = rateLines(rows)
  const cap = capLine(stay, rows)
  return priceOf(stay, cap ? [...lines, cap] : lines)
}

/** Adds up lines into a price and shows the tax that the total contains. */
export function priceOf(
  stay: Pick<PricedStay, 'tariff' | 'tariffId' | 'tzdataVersion'>,
  lines: readonly PriceLine[],
): Price {
  const totalMinor = lines.reduce((sum, line) => sum + line.amountMinor, 0)
  return {
    currency: stay.tariff.currency,
    lines: [...lines],
    totalMinor,
    taxMinor: containedTax(totalMinor, stay.tariff.taxRatePercent),
    taxRatePercent: stay.tariff.taxRatePercent,
    tariffId: stay.tariffId,
    tariffVersion: stay.tariff.version,
    tzdataVersion: stay.tzdataVersion,
  }
}

function unitRows(run: BandRun): UnitRow[] {
  const rows: UnitRow[] = []
  let fromMs = run.fromMs
  for (const [stepIndex, step] of run.band.steps.entries()) {
    if (fromMs >= run.toMs) break
    const stepMs = step.forMinutes === undefined ? Number.POSITIVE_INFINITY : step.forMinutes * minuteMs
    const toMs = Math.min(run.toMs, fromMs + stepMs)
    const unitMs = step.unitMinutes * minuteMs
    rows.push({ band: run.band, stepIndex, amountMinor: step.amountMinor, unitMs, fromMs, toMs })
    fromMs = toMs
  }
  return rows
}

function rateLines(rows: readonly UnitRow[]): PriceLine[] {
  const byStep = new Map<Band, Map<number, PriceLine>>()
  for (const row of rows) {
    const units = Math.ceil((row.toMs - row.fromMs) / row.unitMs)
    const steps = byStep.get(row.band) ?? new Map<number, PriceLine>()
    const line = steps.get(row.stepIndex)
    steps.set(row.stepIndex, {
      code: 'rate',
      label: row.band.label,
      quantity: (line?.quantity ?? 0) + units,
      amountMinor: (line?.amountMinor ?? 0) + units * row.amountMinor,
    })
    byStep.set(row.band, steps)
  }
  return [...byStep.values()].flatMap((steps) => [...steps.values()])
}

function capLine(stay: PricedStay, rows: readonly UnitRow[]): PriceLine | undefined {
  const capMinor = stay.tariff.rolling24hCapMinor
  if (capMinor === undefined) return undefined
  const sums = new Map<number, number>()
  for (const row of rows) {
    let first = 0
    const units = Math.ceil((row.toMs - row.fromMs) / row.unitMs)
    while (first < units) {
      const startMs = row.fromMs + first * row.unitMs - stay.fromMs
      const window = Math.floor(startMs / capWindowMs)
      // Units that start before the window ends belong to it.
      const inWindow = Math.ceil(((window + 1) * capWindowMs - startMs) / row.unitMs)
      const count = Math.min(units - first, inWindow)
      sums.set(window, (sums.get(window) ?? 0) + count * row.amountMinor)
      first += count
    }
  }
  const over = [...sums.values()].filter((sum) => sum > capMinor)
  if (over.length === 0) return undefined
  const amountMinor = over.reduce((total, sum) => total - (sum - capMinor), 0)
  return { code: 'cap_24h', label: 'Maximum per 24 hours', quantity: over.length, amountMinor }
}
