import type { OnoffGpio, OnoffLine } from '../transports/gpio-lines.ts'

/** What a test sees of one line: its logical value and how it was set up. */
export interface DoubledLine {
  readonly direction: string
  value: number
  readonly writes: number[]
  exported: boolean
  listener?: (error: null, value: number) => void
}

/** An onoff-shaped double over no hardware: the constructor, and the lines by sysfs number. */
export function onoffDouble(): { readonly gpio: OnoffGpio; readonly lines: Map<number, DoubledLine> } {
  const lines = new Map<number, DoubledLine>()
  class Gpio implements OnoffLine {
    readonly #line: DoubledLine
    constructor(number: number, direction: 'in' | 'high' | 'low') {
      const known = lines.get(number)
      this.#line = { direction, value: known?.value ?? 0, writes: [], exported: true }
      lines.set(number, this.#line)
    }
    readSync(): number {
      return this.#line.value
    }
    writeSync(value: 0 | 1): void {
      this.#line.value = value
      this.#line.writes.push(value)
    }
    watch(listener: (error: null, value: number) => void): void {
      this.#line.listener = listener
    }
    unexport(): void {
      this.#line.exported = false
    }
  }
  return { gpio: Gpio, lines }
}
