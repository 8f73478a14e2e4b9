/** A change of a GPIO line as the kernel saw it. */
export interface GpioEdge {
  readonly offset: number
  /** Microseconds of the kernel's clock; only differences mean something. */
  readonly atUs: number
}

const edgeLine = /^([0-9]{1,4}) ([0-9]{1,12})[. ]([0-9]{1,9})$/

/**
 * Reads a line of `gpiomon`: offset, seconds and nanoseconds. The newer tool writes the nanoseconds as a fraction, with
 * nine digits; the older one as a number of its own.
 */
export function parseEdge(line: string): GpioEdge | undefined {
  const [, offset, seconds, nanoseconds] = edgeLine.exec(line) ?? []
  if (offset === undefined || seconds === undefined || nanoseconds === undefined) return undefined
  return { offset: Number(offset), atUs: Number(seconds) * 1_000_000 + Number(nanoseconds) / 1_000 }
}
