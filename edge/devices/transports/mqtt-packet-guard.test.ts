import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MqttPacketGuard } from './mqtt-packet-guard.ts'

const ping = [0xc0, 0x00]
const publish = (length: number) => {
  const encoded: number[] = []
  for (let left = length; ; left = Math.floor(left / 128)) {
    encoded.push(left < 128 ? left : (left % 128) | 0x80)
    if (left < 128) break
  }
  return [0x30, ...encoded, ...Array<number>(length).fill(0xff)]
}

test('lets packets up to the bound pass, however they are cut', () => {
  const stream = Uint8Array.from([...publish(1_000), ...ping, ...publish(127), ...publish(128), ...ping])
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 30 }), (cuts) => {
      const guard = new MqttPacketGuard(1_000)
      let at = 0
      for (const cut of [...cuts, stream.length]) {
        expect(guard.receive(stream.subarray(at, at + cut))).toBe('fine')
        at += cut
      }
    }),
  )
})

test('stops a packet beyond the bound at its header', () => {
  const guard = new MqttPacketGuard(1_000)
  expect(guard.receive(Uint8Array.from(publish(1_001).slice(0, 3)))).toBe('too_large')
})

test('stops a length that never ends', () => {
  expect(new MqttPacketGuard(1e12).receive(Uint8Array.from([0x30, 0x80, 0x80, 0x80, 0x80]))).toBe('malformed')
})
