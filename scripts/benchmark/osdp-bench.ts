import { Deframer } from '@gatehouse/edge/devices/drivers/osdp/deframer'
import { crc16, encodeFrame } from '@gatehouse/edge/devices/drivers/osdp/frame'
import { decodeReply, encodeReply, type OsdpReply } from '@gatehouse/edge/devices/drivers/osdp/replies'
import { short } from './statistics.ts'

const frames = 1_000_000
const warmFrames = 100_000
const readers = 32
const mebibyte = 2 ** 20

// Of a hundred answers one is a card; the others have nothing to say.
const nothing: OsdpReply = { kind: 'ack' }
const card: OsdpReply = { kind: 'raw', reader: 0, bitCount: 26, bits: Uint8Array.of(0x5a, 0x12, 0x34, 0x40) }

/** Writes `count` answers and reads each as it comes off a line; gives how many were understood. */
function writeAndRead(count: number): number {
  const deframer = new Deframer()
  let understood = 0
  for (let at = 0; at < count; at += 1) {
    const { code, data } = encodeReply(at % 100 === 0 ? card : nothing)
    const address = at % readers
    const bytes = encodeFrame({ address, fromReader: true, sequence: (at % 3) + 1, check: 'crc', code, data })
    for (const frame of deframer.receive(bytes).frames) if (decodeReply(frame)) understood += 1
  }
  return understood
}

/** The least that writing and reading costs: the check of the same bytes, taken twice. */
function checkTwice(count: number): number {
  const bytes = new Uint8Array(6)
  let sum = 0
  for (let at = 0; at < count; at += 1) {
    bytes[1] = at % readers
    sum += crc16(bytes) + crc16(bytes)
  }
  return sum
}

function perSecond(work: (count: number) => number): number {
  work(warmFrames)
  const beganMs = performance.now()
  work(frames)
  return frames / ((performance.now() - beganMs) / 1_000)
}

/** Prints how many frames of OSDP a second are written and read, and what a million of them leave in memory. */
export function runOsdpCodec(say: (line: string) => void): void {
  const understood = writeAndRead(warmFrames)
  if (understood !== warmFrames) throw new RangeError(`only ${understood} of ${warmFrames} were understood`)
  const rss = process.memoryUsage.rss()
  const codec = perSecond(writeAndRead)
  const grownMiB = (process.memoryUsage.rss() - rss) / mebibyte
  const bare = perSecond(checkTwice)
  say(
    `OSDP frames written and read  ${short(codec)}/s  their checks alone ${short(bare)}/s  ` +
      `ratio ${short(codec / bare)}  RSS grew ${short(grownMiB)} MiB over ${short(frames)} of them`,
  )
}
