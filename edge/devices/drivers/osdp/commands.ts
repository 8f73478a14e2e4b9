import { assertNever } from '@gatehouse/shared/result/result'

/** Colours of a reader's light (OSDP 2.2 table 18). */
export const ledColors = { black: 0, red: 1, green: 2, amber: 3, blue: 4 } as const
export type LedColor = keyof typeof ledColors

/** How a light shows for a while, and what it shows otherwise. */
export interface LedCommand {
  readonly kind: 'led'
  readonly reader: number
  readonly led: number
  /** For `forMs`, then the steady colour is back. Times in steps of 100 ms. */
  readonly temporary?: {
    readonly color: LedColor
    readonly onMs: number
    readonly offMs: number
    readonly forMs: number
  }
  readonly steady?: LedColor
}

/** What the panel may say to a reader. Bytes and numbers as in OSDP 2.2 §6. */
export type OsdpCommand =
  | { readonly kind: 'poll' }
  | { readonly kind: 'id' }
  | { readonly kind: 'capabilities' }
  | { readonly kind: 'localStatus' }
  | { readonly kind: 'inputStatus' }
  | { readonly kind: 'outputStatus' }
  | { readonly kind: 'readerStatus' }
  /** `code` of table 16: 5 is on for `timerMs` and then as before. */
  | { readonly kind: 'output'; readonly output: number; readonly code: number; readonly timerMs: number }
  | LedCommand
  /** `tone` 1 off, 2 on; `count` 0 sounds until told otherwise. */
  | {
      readonly kind: 'buzzer'
      readonly reader: number
      readonly tone: number
      readonly onMs: number
      readonly offMs: number
      readonly count: number
    }
  /** Shown for `forSeconds`; 0 stays. Printable ASCII, at most 32 characters. */
  | { readonly kind: 'text'; readonly reader: number; readonly text: string; readonly forSeconds: number }
  | { readonly kind: 'setCommunication'; readonly address: number; readonly baudRate: number }
  | { readonly kind: 'setKey'; readonly key: Uint8Array }
  | { readonly kind: 'challenge'; readonly random: Uint8Array }
  | { readonly kind: 'prove'; readonly cryptogram: Uint8Array }
  | { readonly kind: 'keepActive'; readonly forMs: number }

const codes = {
  poll: 0x60,
  id: 0x61,
  capabilities: 0x62,
  localStatus: 0x64,
  inputStatus: 0x65,
  outputStatus: 0x66,
  readerStatus: 0x67,
  output: 0x68,
  led: 0x69,
  buzzer: 0x6a,
  text: 0x6b,
  setCommunication: 0x6e,
  setKey: 0x75,
  challenge: 0x76,
  prove: 0x77,
  keepActive: 0xa7,
} as const satisfies Record<OsdpCommand['kind'], number>

const kinds: ReadonlyMap<number, OsdpCommand['kind']> = new Map(
  Object.entries(codes).map(([kind, code]) => [code, kind as OsdpCommand['kind']]),
)
const stepMs = 100
const textCharactersMax = 32

/** The code and data of a command, before encryption. */
export interface Telegram {
  readonly code: number
  readonly data: Uint8Array
}

/** Writes a command. Times are rounded up to steps of 100 ms and cut at what a field can hold. */
export function encodeCommand(command: OsdpCommand): Telegram {
  return { code: codes[command.kind], data: Uint8Array.from(commandData(command)) }
}

function commandData(command: OsdpCommand): Iterable<number> {
  switch (command.kind) {
    case 'poll':
    case 'localStatus':
    case 'inputStatus':
    case 'outputStatus':
    case 'readerStatus':
      return []
    case 'id':
    case 'capabilities':
      return [0]
    case 'output':
      return [command.output, command.code, ...word(steps(command.timerMs, 0xffff))]
    case 'led':
      return ledData(command)
    case 'buzzer': {
      const { reader, tone, onMs, offMs, count } = command
      return [reader, tone, steps(onMs), steps(offMs), count]
    }
    case 'text': {
      const text = Buffer.from(command.text.slice(0, textCharactersMax), 'latin1')
      return [command.reader, command.forSeconds > 0 ? 3 : 1, command.forSeconds, 1, 1, text.length, ...text]
    }
    case 'setCommunication':
      return [command.address, ...word(command.baudRate & 0xffff), ...word(command.baudRate >>> 16)]
    case 'setKey':
      return [1, command.key.length, ...command.key]
    case 'challenge':
      return command.random
    case 'prove':
      return command.cryptogram
    case 'keepActive':
      return word(Math.min(command.forMs, 0xffff))
    default:
      return assertNever(command)
  }
}

function ledData({ reader, led, temporary, steady }: LedCommand): number[] {
  const shown = temporary && ledColors[temporary.color]
  const temporaryPart = temporary
    ? [
        2,
        steps(temporary.onMs),
        steps(temporary.offMs),
        shown ?? 0,
        0,
        ...word(steps(temporary.forMs, 0xffff)),
      ]
    : [0, 0, 0, 0, 0, 0, 0]
  const color = steady === undefined ? 0 : ledColors[steady]
  const steadyPart = steady === undefined ? [0, 0, 0, 0, 0] : [1, 1, 0, color, color]
  return [reader, led, ...temporaryPart, ...steadyPart]
}

const word = (value: number): [number, number] => [value & 0xff, (value >> 8) & 0xff]
const steps = (ms: number, max = 0xff) => Math.min(max, Math.ceil(ms / stepMs))

/** Reads a command as a reader does. Undefined: unknown, or data of the wrong length. */
export function decodeCommand({ code, data }: Telegram): OsdpCommand | undefined {
  const kind = kinds.get(code)
  const at = (index: number) => data[index] ?? 0
  const wordAt = (index: number) => at(index) | (at(index + 1) << 8)
  switch (kind) {
    case undefined:
      return undefined
    case 'poll':
    case 'localStatus':
    case 'inputStatus':
    case 'outputStatus':
    case 'readerStatus':
      return data.length === 0 ? { kind } : undefined
    case 'id':
    case 'capabilities':
      return data.length === 1 ? { kind } : undefined
    case 'output':
      return data.length === 4 ? { kind, output: at(0), code: at(1), timerMs: wordAt(2) * stepMs } : undefined
    case 'led':
      return data.length === 14 ? readLed(data) : undefined
    case 'buzzer':
      return data.length === 5
        ? { kind, reader: at(0), tone: at(1), onMs: at(2) * stepMs, offMs: at(3) * stepMs, count: at(4) }
        : undefined
    case 'text':
      return data.length === 6 + at(5)
        ? { kind, reader: at(0), text: Buffer.from(data.subarray(6)).toString('latin1'), forSeconds: at(2) }
        : undefined
    case 'setCommunication':
      return data.length === 5
        ? { kind, address: at(0), baudRate: wordAt(1) + wordAt(3) * 0x1_0000 }
        : undefined
    case 'setKey':
      return data.length === 18 && at(0) === 1 && at(1) === 16 ? { kind, key: data.slice(2) } : undefined
    case 'challenge':
      return data.length === 8 ? { kind, random: data.slice() } : undefined
    case 'prove':
      return data.length === 16 ? { kind, cryptogram: data.slice() } : undefined
    case 'keepActive':
      return data.length === 2 ? { kind, forMs: wordAt(0) } : undefined
    default:
      return assertNever(kind)
  }
}

function readLed(data: Uint8Array): LedCommand {
  const at = (index: number) => data[index] ?? 0
  const color = (index: number) =>
    (Object.keys(ledColors) as LedColor[]).find((name) => ledColors[name] === at(index)) ?? 'black'
  const forMs = (at(7) | (at(8) << 8)) * stepMs
  const temporary = { color: color(5), onMs: at(3) * stepMs, offMs: at(4) * stepMs, forMs }
  return {
    kind: 'led',
    reader: at(0),
    led: at(1),
    ...(at(2) === 2 && { temporary }),
    ...(at(9) === 1 && { steady: color(12) }),
  }
}
