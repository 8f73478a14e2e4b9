import { ManualClock } from '@gatehouse/shared/clock/clock'
import { chooseCardFormats } from '@gatehouse/shared/profiles/card-number'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { cardFormats, LogKeeper, profiles } from '../../testing/hub-harness.ts'
import type { ByteLinkHandlers } from '../../transports/byte-link.ts'
import { keyPauseMaxMs } from '../pin-entry.ts'
import { createWiegandWires } from './wiegand-reader.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const card = '10111101100010001110101110'

/** A reader on lines 5 and 6, whose wires a test moves. */
function openReader() {
  const clock = new ManualClock(0)
  const said: unknown[] = []
  let handlers: ByteLinkHandlers | undefined
  const wires = createWiegandWires({
    ...{ bus: 'front', d0: 5, d1: 6, clock, logger: new LogKeeper() },
    openLink: (given) => {
      handlers = given
      return { open: () => given.onUp(), write: () => false, reset: () => {}, close: async () => {} }
    },
  })
  const profile = profiles.get('generic/wiegand-reader')
  const choice = chooseCardFormats('h10301', cardFormats)
  if (!profile || !choice.ok) throw new RangeError('no profile')
  const setting = { profile, parameters: {}, cardFormats: choice.value }
  const report = {
    event: (event: unknown) => said.push(event),
    presence: ({ online, detail }: { online: boolean; detail?: string }) => said.push(detail ?? online),
    garbage: (reason: string) => said.push(reason),
  }
  const attachment = wires.attach(setting, report)
  wires.open()
  let atNs = 7_000_000_000_000
  const write = (text: string) => handlers?.onBytes(Buffer.from(text))
  /** Sends bits 1 ms apart, as the newer gpiomon writes them or as the older one does. */
  const send = (bits: string, dialect: 'new' | 'old' = 'new') => {
    atNs += 1_000_000_000
    for (const bit of bits) {
      atNs += 1_000_000
      const fraction = String(atNs % 1e9)
      const seconds = Math.floor(atNs / 1e9)
      const time = dialect === 'new' ? `${seconds}.${fraction.padStart(9, '0')}` : `${seconds} ${fraction}`
      write(`${bit === '0' ? 5 : 6} ${time}\n`)
    }
    vi.advanceTimersByTime(100)
  }
  return { clock, said, write, send, handlers: () => handlers, wires, setting, report, attachment }
}

test.each(['new', 'old'] as const)('reads a card from the lines of the %s gpiomon', (dialect) => {
  const reader = openReader()
  reader.send(card, dialect)
  expect(reader.said).toEqual([true, { kind: 'card', number: '8065495' }])
})

test('gathers keys into a PIN that # ends; * and a long pause forget, a card in between too', () => {
  const reader = openReader()
  const press = (keys: string) => {
    for (const key of keys) reader.send('0123456789*#'.indexOf(key).toString(2).padStart(4, '0'))
  }
  press('99*1234#')
  press('12')
  reader.clock.advance(keyPauseMaxMs + 1)
  press('3456#')
  press('12')
  reader.send(card)
  press('3456#')
  expect(reader.said).toEqual([
    true,
    { kind: 'pin', digits: '1234' },
    { kind: 'pin', digits: '3456' },
    { kind: 'card', number: '8065495' },
    { kind: 'pin', digits: '3456' },
  ])
})

test('a wrong parity, a missing bit, noise and lines of something else open nothing and are counted', () => {
  const reader = openReader()
  reader.send(`${card.slice(0, 25)}1`)
  reader.send(card.slice(1))
  reader.write('5 9000.000000000\n6 9000.000000010\n')
  vi.advanceTimersByTime(100)
  reader.write('gpiomon: error\n7 1.000000000\n5 x\n\xff\xff\n')
  expect(reader.said).toEqual([true, 'card_parity', 'card_format', 'wiegand_both_lines'])
  reader.send(card)
  expect(reader.said.at(-1)).toMatchObject({ kind: 'card' })
})

test('half a card of before a break and half of after it are no card', () => {
  const reader = openReader()
  const half = (from: number, bits: string) =>
    [...bits]
      .map((bit, at) => `${bit === '0' ? 5 : 6} ${from}.${String(at * 1e6).padStart(9, '0')}\n`)
      .join('')
  reader.write(half(1, card.slice(0, 13)))
  reader.handlers()?.onDown('helper_ended')
  reader.handlers()?.onUp()
  reader.write(half(1, card.slice(13)))
  vi.advanceTimersByTime(100)
  expect(reader.said).toEqual([true, 'helper_ended', true, 'card_bit_count'])
})

test('the wires of a reader are not shared', () => {
  const reader = openReader()
  reader.wires.attach(reader.setting, reader.report)
  expect(reader.said).toEqual([true, 'wires_taken'])
  reader.attachment.detach()
  reader.wires.attach(reader.setting, reader.report)
  expect(reader.said).toEqual([true, 'wires_taken', true])
})
