import { ManualClock } from '@gatehouse/shared/clock/clock'
import { describe, expect, test } from 'vitest'
import type { BusFamily } from '../devices/device-plan.ts'
import { encodeFrame } from '../devices/drivers/osdp/frame.ts'
import type { ByteLinkHandlers } from '../devices/transports/byte-link.ts'
import { BusTraces } from './bus-traces.ts'

function open(family: BusFamily) {
  const clock = new ManualClock(1_000)
  const traces = new BusTraces({ clock, familyOf: () => family })
  let inner: ByteLinkHandlers | undefined
  const heard: number[] = []
  const openBus = traces.around((_bus, _config, handlers) => {
    inner = handlers
    return { open: () => {}, write: () => true, reset: () => {}, close: async () => {} }
  })
  const handlers = { onUp: () => {}, onBytes: (bytes: Uint8Array) => heard.push(...bytes), onDown: () => {} }
  const link = openBus('bus', { kind: 'tcp', host: 'h', port: 1 }, handlers)
  return { clock, traces, link, heard, say: (bytes: Uint8Array) => inner?.onBytes(bytes), inner: () => inner }
}

const osdp = (fromReader: boolean, code: number, data: readonly number[] = [], sequence = 1) =>
  encodeFrame({ address: 3, fromReader, sequence, check: 'crc', code, data: Uint8Array.from(data) })

describe('what is kept of a bus', () => {
  test('names what a reader was asked and answered, and counts what repeats', () => {
    const { traces, link, say, clock } = open('osdp')
    for (let turn = 0; turn < 3; turn += 1) {
      clock.advance(50)
      link.write(osdp(false, 0x60, [], turn))
      say(osdp(true, 0x40, [], turn))
    }
    expect(traces.exchangesOf('bus')).toMatchObject([
      { out: '@3 POLL clear', in: '@3 ACK clear', times: 3, fromMs: 1_050, lastMs: 1_150 },
    ])
    expect(traces.countersOf('bus')).toMatchObject({ sent: 3, answered: 3, timeouts: 0 })
  })

  test('holds nothing of the bits that a monitor of a reader on two lines tells', () => {
    const { traces, say } = open('wiegand')
    say(Buffer.from('17 1234.567890\n18 1234.569890\n'))
    expect(JSON.stringify(traces.exchangesOf('bus'))).not.toMatch(/1234|17 |18 /)
    expect(traces.exchangesOf('bus')).toMatchObject([{ in: '30 bytes' }])
  })

  test('holds nothing of a card, of digits or of a key, whole or in pieces', () => {
    const { traces, link, say } = open('osdp')
    const card = osdp(true, 0x50, [0, 1, 26, 0, 0xde, 0xad, 0xbe, 0xef])
    link.write(osdp(false, 0x75, [1, 16, ...Array.from({ length: 16 }, () => 0xab)]))
    say(card.subarray(0, 9))
    say(card.subarray(9))
    const kept = JSON.stringify(traces.exchangesOf('bus'))
    expect(kept).toContain('KEYSET')
    expect(kept).toContain('RAW')
    expect(kept).not.toMatch(/de ?ad|ab ?ab|222|173/i)
  })

  test('shows the shape of a scanner’s line, not what it read, and what a sign was told', () => {
    const { traces, link, say } = open('line')
    say(Buffer.from('CARD=00471100\r\n'))
    link.write(Buffer.from('FREE 12\r'))
    link.write(Buffer.from('FULL\r'))
    const kept = traces.exchangesOf('bus')
    expect(kept[0]).toMatchObject({ in: '••••=••••••••' })
    expect(kept[1]).toMatchObject({ out: 'FREE 12' })
  })

  test('counts what nobody answered, and how often the line was lost', () => {
    const { traces, link, inner } = open('modbus')
    inner()?.onUp()
    link.write(Uint8Array.of(1, 2, 0, 0, 0, 8))
    link.write(Uint8Array.of(1, 2, 0, 0, 0, 8))
    inner()?.onDown('closed')
    expect(traces.countersOf('bus')).toEqual({ isUp: false, sent: 2, answered: 0, timeouts: 1, lost: 1 })
  })

  test('is bounded, and the owner of the bus hears every byte', () => {
    const { traces, link, say, heard } = open('modbus')
    for (let at = 0; at < 500; at += 1) {
      link.write(Uint8Array.of(1, at & 0xff, at >> 8))
      say(new Uint8Array(700))
    }
    link.write(Uint8Array.of(0))
    expect(traces.exchangesOf('bus').length).toBeLessThanOrEqual(60)
    expect(heard).toHaveLength(350_000)
  })
})
