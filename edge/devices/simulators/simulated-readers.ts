import { type ListenAt, listenForEdge } from './socket-server.ts'

/** One card and PIN reader on a line, as a hand holds a card to it. */
export interface SimulatedReader {
  tap(cardNumber: string): void
  enterPin(digits: string): void
}

/** A reader on a line that may also be a ticket scanner or read codes; see generic/ticket-scanner, generic/code-reader. */
export interface SimulatedLineReader extends SimulatedReader {
  scan(ticket: string): void
  /** A screen or paper with a code is held before it. */
  showCode(text: string): void
}

/** Simulated readers on one line, by address; see generic/wiegand-ascii-reader. */
export interface SimulatedReaders {
  readonly port: number
  reader(address: number): SimulatedLineReader
  /** Sends bytes that are no line of a reader. */
  babble(bytes: Uint8Array): void
  drop(): void
  close(): Promise<void>
}

/** Starts a line of readers behind TCP. */
export async function createSimulatedReaders(options: {
  readonly listen: ListenAt
}): Promise<SimulatedReaders> {
  const wire = await listenForEdge(options.listen, () => {})
  const say = (line: string) => wire.send(Buffer.from(`${line}\r\n`, 'latin1'))
  return {
    port: wire.port,
    reader: (address) => {
      const prefix = String(address).padStart(2, '0')
      return {
        tap: (cardNumber) => say(`${prefix}:C:${cardNumber}`),
        enterPin: (digits) => say(`${prefix}:P:${digits}`),
        scan: (ticket) => say(`${prefix}:T:${ticket}`),
        showCode: (text) => say(`${prefix}:Q:${text}`),
      }
    },
    babble: (bytes) => wire.send(bytes),
    drop: wire.drop,
    close: wire.close,
  }
}

/** Starts the reader of a kiosk behind TCP; see generic/kiosk-reader. */
export async function createSimulatedKioskReader(options: {
  readonly listen: ListenAt
}): Promise<SimulatedReader & { readonly port: number; close(): Promise<void> }> {
  const wire = await listenForEdge(options.listen, () => {})
  const say = (line: string) => wire.send(Buffer.from(`${line}\r\n`, 'latin1'))
  return {
    port: wire.port,
    tap: (cardNumber) => say(`C:${cardNumber}`),
    enterPin: (digits) => say(`P:${digits}`),
    close: wire.close,
  }
}
