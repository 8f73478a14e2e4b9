/** A paper as it came out of a simulated printer. */
export interface PrintedPaper {
  readonly lines: readonly string[]
  /** Content of its QR code. */
  readonly code?: string
}

/** What the printer read: a question, a paper that was cut, or that everything before is printed. */
export type EscposInput =
  | { readonly kind: 'status'; readonly question: number }
  | { readonly kind: 'cut'; readonly paper: PrintedPaper }
  | { readonly kind: 'confirm' }

const bufferMax = 65_536
/** Bytes after the two of the command, for those that layouts use. */
const argumentsOf: Readonly<Record<string, number>> = {
  '1b40': 0,
  '1c2e': 0,
  '1b61': 1,
  '1b74': 1,
  '1b45': 1,
  '1b21': 1,
  '1b4d': 1,
  '1b64': 1,
  '1b32': 0,
  '1b33': 1,
  '1d21': 1,
  '1d56': 1,
  '1d72': 1,
  '1004': 1,
}

/** Reads ESC/POS as a printer does: real-time questions at once, the rest in its turn. */
export class EscposPaper {
  #buffer: number[] = []
  #text: number[] = []
  #stored: string | undefined
  #code: string | undefined

  /** Takes bytes; commands that are not whole wait for more. */
  receive(bytes: Uint8Array): EscposInput[] {
    this.#buffer.push(...bytes)
    if (this.#buffer.length > bufferMax) this.#buffer = []
    const inputs: EscposInput[] = []
    for (;;) {
      const taken = this.#step(inputs)
      if (taken === 0) return inputs
      this.#buffer.splice(0, taken)
    }
  }

  #step(inputs: EscposInput[]): number {
    const [first, second] = this.#buffer
    if (first === undefined) return 0
    if (![0x10, 0x1b, 0x1c, 0x1d].includes(first)) {
      if (first !== 0x0d) this.#text.push(first)
      return 1
    }
    if (second === undefined) return 0
    if (first === 0x1d && second === 0x28) return this.#symbol()
    const name = Buffer.from([first, second]).toString('hex')
    const length = 2 + (argumentsOf[name] ?? 1)
    if (this.#buffer.length < length) return 0
    const argument = this.#buffer[2] ?? 0
    if (name === '1004') inputs.push({ kind: 'status', question: argument })
    if (name === '1d72') inputs.push({ kind: 'confirm' })
    if (name === '1d56') inputs.push({ kind: 'cut', paper: this.#cut() })
    return length
  }

  /** GS ( k: 31 50 stores the QR code's data, 31 51 prints it. */
  #symbol(): number {
    const [, , , low, high] = this.#buffer
    if (low === undefined || high === undefined) return 0
    const length = 5 + low + high * 256
    if (this.#buffer.length < length) return 0
    const body = this.#buffer.slice(5, length)
    if (body[1] === 0x50) this.#stored = Buffer.from(body.slice(3)).toString('latin1')
    if (body[1] === 0x51) this.#code = this.#stored
    return length
  }

  #cut(): PrintedPaper {
    const text = Buffer.from(this.#text).toString('latin1')
    const lines = text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '')
    const paper = { lines, ...(this.#code === undefined ? {} : { code: this.#code }) }
    this.#text = []
    this.#code = undefined
    this.#stored = undefined
    return paper
  }
}
