const steps = [1, 2, 4, 5, 10] as const

/** The smallest round number (1, 2, 4 or 5 times a power of ten) that is not below `value`; 0 for 0. */
export function niceTop(value: number): number {
  if (value <= 0) return 0
  const power = 10 ** Math.floor(Math.log10(value))
  return (steps.find((step) => step * power >= value) ?? 10) * power
}
