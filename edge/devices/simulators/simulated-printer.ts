import { EscposPaper, type PrintedPaper } from './escpos-paper.ts'
import { type ListenAt, listenForEdge } from './socket-server.ts'

export type { PrintedPaper } from './escpos-paper.ts'

/** What is wrong with a simulated printer. */
export interface PrinterFaults {
  readonly paper: 'enough' | 'low' | 'out'
  readonly coverOpen: boolean
  readonly cutterJam: boolean
  /** Takes everything and answers nothing. */
  readonly silent: boolean
}

const sound: PrinterFaults = { paper: 'enough', coverOpen: false, cutterJam: false, silent: false }
const papersMax = 100

/** A simulated receipt printer with ESC/POS behind TCP; while it is offline papers wait in it. */
export interface SimulatedPrinter {
  readonly port: number
  /** What came out, oldest first. */
  papers(): readonly PrintedPaper[]
  /** Changes what is wrong; what waited is printed once nothing is. */
  set(faults: Partial<PrinterFaults>): void
  drop(): void
  close(): Promise<void>
}

/** Starts a printer. */
export async function createSimulatedPrinter(options: {
  readonly listen: ListenAt
  readonly onPaper?: (paper: PrintedPaper) => void
}): Promise<SimulatedPrinter> {
  const printed: PrintedPaper[] = []
  const reader = new EscposPaper()
  let faults = sound
  let waiting: (() => void)[] = []
  const isStopped = () => faults.coverOpen || faults.cutterJam || faults.paper === 'out'
  const work = () => {
    while (!isStopped()) {
      const [first, ...rest] = waiting
      if (!first) return
      waiting = rest
      first()
    }
  }
  const print = (paper: PrintedPaper) => {
    printed.push(paper)
    if (printed.length > papersMax) printed.shift()
    options.onPaper?.(paper)
  }
  const wire = await listenForEdge(options.listen, (bytes, reply) => {
    for (const input of reader.receive(bytes)) {
      if (faults.silent) continue
      if (input.kind === 'status') reply(Uint8Array.from([statusByte(faults, input.question, isStopped())]))
      else if (input.kind === 'cut') waiting.push(() => print(input.paper))
      else waiting.push(() => reply(Uint8Array.from([faults.paper === 'low' ? 0x03 : 0x00])))
    }
    work()
  })
  return {
    port: wire.port,
    papers: () => printed,
    set: (changed) => {
      faults = { ...faults, ...changed }
      work()
    },
    drop: wire.drop,
    close: wire.close,
  }
}

/** ESC/POS, DLE EOT n. */
function statusByte(
  { paper, coverOpen, cutterJam }: PrinterFaults,
  question: number,
  stopped: boolean,
): number {
  const fixed = 0x12
  if (question === 1) return fixed | (stopped ? 0x08 : 0)
  if (question === 2)
    return fixed | (coverOpen ? 0x04 : 0) | (paper === 'out' ? 0x20 : 0) | (cutterJam ? 0x40 : 0)
  if (question === 3) return fixed | (cutterJam ? 0x08 : 0)
  return fixed | (paper === 'enough' ? 0 : 0x0c) | (paper === 'out' ? 0x60 : 0)
}
