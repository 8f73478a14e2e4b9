// Amounts are integers of the currency's minor unit. Arithmetic that could leave the exact
// integers of a number runs on BigInt; the results are checked to be exact again.

const percentScale = 1_000_000n

function exact(value: bigint): number {
  const number = Number(value)
  if (!Number.isSafeInteger(number)) throw new RangeError('amount is outside the exact integers')
  return number
}

function scaledPercent(percent: number): bigint {
  return BigInt(Math.round(percent * Number(percentScale)))
}

/** Divides two integers and rounds half away from zero (RULES, Money); `denominator` is above 0. */
export function divideRounded(numerator: bigint, denominator: bigint): bigint {
  if (denominator <= 0n) throw new RangeError('denominator must be above 0')
  const magnitude = numerator < 0n ? -numerator : numerator
  const rounded = (2n * magnitude + denominator) / (2n * denominator)
  return numerator < 0n ? -rounded : rounded
}

/** Takes `percent` of an amount, rounded once; `percent` counts to a millionth of a percent. */
export function percentOf(amountMinor: number, percent: number): number {
  return exact(divideRounded(BigInt(amountMinor) * scaledPercent(percent), 100n * percentScale))
}

/** The tax inside a tax-inclusive total, minor units: the net is rounded first, the tax is the rest. */
export function containedTax(totalMinor: number, ratePercent: number): number {
  const whole = 100n * percentScale
  const net = divideRounded(BigInt(totalMinor) * whole, whole + scaledPercent(ratePercent))
  return totalMinor - exact(net)
}

/**
 * Splits an amount in proportion to `weights` so that the parts add up to it, by largest remainder
 * with ties to the first (RULES, Money). Weights are integers of at least 0, at least one above 0.
 */
export function allocate(amountMinor: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((total, weight) => total + BigInt(weight), 0n)
  if (sum <= 0n || weights.some((weight) => weight < 0)) {
    throw new RangeError('weights must be at least 0, one of them above 0')
  }
  const sign = amountMinor < 0 ? -1n : 1n
  const magnitude = BigInt(amountMinor) * sign
  const shares = weights.map((weight, index) => {
    const product = magnitude * BigInt(weight)
    return { index, part: product / sum, remainder: product % sum }
  })
  const left = magnitude - shares.reduce((total, share) => total + share.part, 0n)
  const byRemainder = [...shares].sort((a, b) => {
    if (a.remainder !== b.remainder) return a.remainder > b.remainder ? -1 : 1
    return a.index - b.index
  })
  for (const share of byRemainder.slice(0, Number(left))) share.part += 1n
  return shares.map((share) => exact(share.part * sign))
}
