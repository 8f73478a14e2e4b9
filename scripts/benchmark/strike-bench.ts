import { setTimeout as wait } from 'node:timers/promises'
import type { SimulatedBoard } from '@gatehouse/edge/devices/simulators/simulated-board'
import type { SimulatedReaders } from '@gatehouse/edge/devices/simulators/simulated-readers'
import { percentile, short } from './statistics.ts'

/** How long strikes took. */
export interface StrikeTimes {
  readonly p50Ms: number
  readonly p99Ms: number
}

const strikeMaxMs = 2_000

/**
 * Milliseconds from the card number leaving the reader's socket to the relay closing on the board's socket:
 * the edge's own time, plus both loopback hops and one Modbus exchange.
 */
export async function runStrikes(
  readers: SimulatedReaders,
  board: SimulatedBoard,
  { card, taps }: { readonly card: string; readonly taps: number },
): Promise<StrikeTimes> {
  const times: number[] = []
  for (let tap = 0; tap < taps; tap += 1) {
    times.push(await oneStrike(readers, board, card))
    // The pulse must end before the next card, else the relay does not change.
    await untilOff(board)
  }
  return { p50Ms: percentile(times, 0.5), p99Ms: percentile(times, 0.99) }
}

/** One line of the report; with `raw` also how many times longer it took than the bare sockets of the same run. */
export function strikeLine(what: string, times: StrikeTimes, raw?: StrikeTimes): string {
  const line = `${what.padEnd(31)} p50 ${short(times.p50Ms)} ms  p99 ${short(times.p99Ms)} ms`
  if (raw === undefined) return line
  return `${line}  ratio p50 ${short(times.p50Ms / raw.p50Ms)}  p99 ${short(times.p99Ms / raw.p99Ms)}`
}

function oneStrike(readers: SimulatedReaders, board: SimulatedBoard, card: string): Promise<number> {
  const sentMs = performance.now()
  readers.reader(1).tap(card)
  return struckMs(board, 1).then((atMs) => atMs - sentMs)
}

/** When the relay of a strike closes, by `performance.now`; rejects when it does not within two seconds. */
export function struckMs(board: SimulatedBoard, channel: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new RangeError('no strike within two seconds')), strikeMaxMs)
    const stop = board.output(channel).onChange((on) => {
      if (!on) return
      clearTimeout(late)
      stop()
      resolve(performance.now())
    })
  })
}

/** Resolves when the pulse of a strike is over. */
export async function untilOff(board: SimulatedBoard, channel = 1): Promise<void> {
  while (board.output(channel).on) await wait(5)
  await wait(20)
}
