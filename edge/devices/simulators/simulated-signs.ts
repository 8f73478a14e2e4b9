import { LineFramer } from '../drivers/line-framer.ts'
import { type ListenAt, listenForEdge } from './socket-server.ts'

/** What a simulated sign shows. */
export type SignText =
  | { readonly kind: 'free'; readonly free: number }
  | { readonly kind: 'full' }
  | { readonly kind: 'text'; readonly lines: readonly string[] }

/** Simulated level signs on one line, by address; see generic/level-sign. */
export interface SimulatedSigns {
  readonly port: number
  /** Undefined before the first message. */
  shown(address: number): SignText | undefined
  /** Returns how to stop. */
  onShow(listener: (address: number, text: SignText) => void): () => void
  drop(): void
  close(): Promise<void>
}

const messagePattern = /^@(?<address>\d\d) (?:F (?<free>\d{4})|(?<full>X FULL)|T (?<text>.*))$/

/** Starts signs with the given addresses behind TCP; each answers only its own messages. */
export async function createSimulatedSigns(options: {
  readonly listen: ListenAt
  readonly addresses: readonly number[]
}): Promise<SimulatedSigns> {
  const shown = new Map<number, SignText>()
  const listeners = new Set<(address: number, text: SignText) => void>()
  const framer = new LineFramer()
  const hear = (line: string): string | undefined => {
    const groups = messagePattern.exec(line)?.groups
    const address = Number(groups?.address)
    if (!groups || !options.addresses.includes(address)) return undefined
    const text = textOf(groups)
    shown.set(address, text)
    for (const listener of listeners) listener(address, text)
    return `@${groups.address} OK\r`
  }
  const wire = await listenForEdge(options.listen, (bytes, reply) => {
    for (const line of framer.receive(bytes).lines) {
      const answer = hear(line)
      if (answer) reply(Buffer.from(answer, 'latin1'))
    }
  })
  return {
    port: wire.port,
    shown: (address) => shown.get(address),
    onShow: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    drop: wire.drop,
    close: wire.close,
  }
}

function textOf(groups: Readonly<Record<string, string | undefined>>): SignText {
  if (groups.free !== undefined) return { kind: 'free', free: Number(groups.free) }
  if (groups.full !== undefined) return { kind: 'full' }
  return { kind: 'text', lines: (groups.text ?? '').split('|') }
}
